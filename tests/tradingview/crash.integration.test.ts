import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Bus, connectBus } from '@botbus/core'
import { mqtt } from '@botbus/mqtt'
import { openStore } from '@botbus/store'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { uniqueName } from '../support/test-broker.ts'

const CHILD = fileURLToPath(new URL('crashing-server.ts', import.meta.url))
const SECRET = 'kG7w-2mQp-Z9xR-4tVb'

type Moment = 'never' | 'before-begin' | 'after-begin' | 'before-end'

describe('a server that is killed', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>
  let bus: Bus
  let folder: string
  let namespace: string
  let child: ChildProcess | undefined
  let told: unknown[]

  beforeAll(async () => {
    broker = await startMosquitto()
    bus = await connectBus(mqtt({ url: broker.url }))
  })
  afterAll(async () => {
    await bus.close()
    await broker[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botbus-crash-'))
    namespace = uniqueName('crash')
    told = []
    await bus.subscribe(`${namespace}/alpha/external/event/#`, ({ data }) => {
      told.push((data as { data: { n: string } }).data.n)
    })
  })
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'close')
    }
    await rm(folder, { recursive: true })
  })

  const storeUrl = (): string => `sqlite:${join(folder, 'store.db')}`

  async function start(moment: Moment): Promise<string> {
    const rules = [{ do: [{ event: 'tick', data: { n: '{{fields.n}}' } }] }]
    const demo = { secrets: [SECRET], bot: 'alpha', unavailable: 'publish', rules }
    const config = {
      broker: broker.url,
      store: storeUrl(),
      http: { port: 0 },
      bridge: { namespace },
      plugins: { tradingview: { routes: { demo } } },
    }
    const flags = ['--conditions=@botbus/source', '--no-warnings']
    const server = spawn(process.execPath, [...flags, CHILD, JSON.stringify(config), moment], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = server
    for await (const line of createInterface({ input: server.stdout })) {
      if (line.startsWith('listening ')) return line.slice('listening '.length)
    }
    throw new Error('the server ended before it listened')
  }

  /** Undefined where the server died before its answer arrived. */
  async function post(url: string, n: number): Promise<{ id: string }> {
    const body = JSON.stringify({ secret: SECRET, n: `${n}` })
    const answer = await fetch(`${url}/webhooks/tradingview/demo`, { method: 'POST', body })
    expect(answer.status).toBe(202)
    return (await answer.json()) as { id: string }
  }

  const killed = async (): Promise<void> => {
    if (child && child.signalCode === null) await once(child, 'close')
    expect(child?.signalCode).toBe('SIGKILL')
  }

  async function codes(): Promise<string[]> {
    await using store = await openStore(storeUrl(), { readOnly: true })
    return (await store.forPlugin('tradingview').deadLetters.list()).map(({ code }) => code)
  }

  async function statuses(): Promise<string[]> {
    await using store = await openStore(storeUrl(), { readOnly: true })
    const executions = await store.forPlugin('tradingview').executions.list()
    return executions.map(({ status }) => status).reverse()
  }

  it('between the acknowledgement and the message sends it once after the restart', async () => {
    await post(await start('before-begin'), 1).catch(ignoreReset)
    await killed()
    expect(await statuses()).toEqual(['pending'])
    expect(told).toEqual([])
    const url = await start('never')
    await vi.waitFor(() => expect(told).toEqual(['1']), 10_000)
    await post(url, 2)
    await vi.waitFor(() => expect(told).toEqual(['1', '2']), 10_000)
    await vi.waitFor(async () => expect(await statuses()).toEqual(['succeeded', 'succeeded']), 10_000)
    expect(await codes()).toEqual([])
  })

  it.each([
    ['after it was about to send', 'after-begin', []],
    ['after it had sent, before it could note so', 'before-end', ['1']],
  ] as const)('%s never sends again, and leaves a dead letter', async (_, moment, expected) => {
    await post(await start(moment), 1).catch(ignoreReset)
    await killed()
    expect(await statuses()).toEqual(['sent'])
    const url = await start('never')
    expect(await codes()).toEqual(['OUTCOME_UNKNOWN'])
    await post(url, 2)
    await vi.waitFor(() => expect(told).toEqual([...expected, '2']), 10_000)
    await vi.waitFor(async () => expect(await statuses()).toEqual(['unknown', 'succeeded']), 10_000)
  })
})

/** The connection may break before the answer is out: it was stored all the same, as the journal shows. */
function ignoreReset(error: unknown): void {
  if (!(error instanceof TypeError)) throw error
}
