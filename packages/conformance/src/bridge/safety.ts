import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { rawLink } from '../stage/raw-link.ts'
import type { Stage } from '../stage/stage.ts'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'

/** Sends a request whose reply shall go to an address of our choice, in the transport's own way. False where it takes none. */
async function requestWithReplyTo(stage: Stage, address: string, replyTo: string): Promise<boolean> {
  const { transport } = await rawLink(stage)
  const header = { reply_to: replyTo, timestamp: Date.now(), properties: {} }
  const isNative = stage.capabilities.headers === 'native'
  const payload = JSON.stringify(isNative ? {} : { header, data: {} })
  try {
    await transport.request(address, { id: 'e'.repeat(32), replyTo, payload, expiresIn: 10_000, headers: {} })
    return true
  } catch {
    return false // it checks the address itself, or knows no reply address but its own
  }
}

/** Whether a server would reply there: what stands beside the body comes before what the envelope says. */
async function carriesReplyTo(stage: Stage, replyTo: string): Promise<boolean> {
  const { transport } = await rawLink(stage)
  const seen: (string | undefined)[] = []
  await transport.serve(stage.topic('probe'), (request) => void seen.push(request.replyTo))
  if (!(await requestWithReplyTo(stage, stage.topic('probe'), replyTo))) return false
  await eventually(() => expect(seen).toHaveLength(1))
  return (seen[0] ?? (stage.capabilities.headers === 'envelope' ? replyTo : undefined)) === replyTo
}

export function safety({ promise }: Suite): void {
  promise('bridge', 'a command that is delivered twice, or repeated with its key, runs once', async (stage) => {
    const bots = new Bots(stage)
    let runs = 0
    await bots.bridge({ start: () => `run ${++runs}` })
    const twice = await stage.open({
      alter: (own) => ({
        request: async (address, request) => {
          await own.request(address, request)
          await own.request(address, request)
        },
      }),
    })
    const answer = { status: 200, msg: 'run 1' }
    const client = await bots.client(bots.id('bot'), twice)
    expect(await client.start({}, { idempotencyKey: 'k1' })).toEqual(answer)
    await eventually(() => expect(twice.replies).toHaveLength(2))
    expect(await (await bots.client()).start({}, { idempotencyKey: 'k1' })).toEqual(answer)
    expect(runs).toBe(1)
  })

  promise('bridge', 'a command that arrives after its deadline does not run', async (stage) => {
    const bots = new Bots(stage)
    const start = vi.fn(() => 'started')
    const server = await stage.open()
    await bots.bridge({ start, status: () => 'fine' }, { bus: server.bus })
    const late = await stage.open({
      alter: (own) => ({
        request: async (address, request) => {
          if (address.endsWith('/start')) await sleep(150)
          return own.request(address, request)
        },
      }),
    })
    const client = await bots.client(bots.id('bot'), late)
    expect((await failure(client.start({}, { timeout: 100 }))).code).toBe('TIMEOUT')
    await eventually(() => expect(server.dropped('expired')).toHaveLength(1))
    expect(await client.status()).toMatchObject({ data: 'fine' })
    expect(start).not.toHaveBeenCalled()
  })

  promise(
    'bridge',
    'a status whose reply would be a command of another bot makes nobody do anything',
    async (stage) => {
      const bots = new Bots(stage)
      const [victim, messenger] = [bots.id('victim'), bots.id('messenger')]
      const [stop, status] = [vi.fn(() => 'stopped'), vi.fn(() => 'fine')]
      const server = await stage.open()
      await bots.bridge({ stop }, { id: victim })
      await bots.bridge({ status }, { id: messenger, bus: server.bus })
      const replyTo = `hbot/${victim}/stop`
      const isCarried = await carriesReplyTo(stage, replyTo)
      await requestWithReplyTo(stage, `hbot/${messenger}/status`, replyTo)
      if (isCarried) await eventually(() => expect(server.dropped('reflected')).toHaveLength(1))
      else stage.note('the wire carries no reply address of a caller’s choice')
      expect(await (await bots.client(victim)).history()).toMatchObject({ status: 400 })
      expect(stop).not.toHaveBeenCalled()
      if (isCarried) expect(status).not.toHaveBeenCalled()
    },
  )

  promise('bridge', 'a bus with a strict list replies to the configured prefixes only', async (stage) => {
    const bots = new Bots(stage)
    const strict = await stage.open({ bus: { replyPrefixes: ['elsewhere/'] } })
    const status = vi.fn(() => 'fine')
    await bots.bridge({ status }, { bus: strict.bus })
    const client = await bots.client()
    expect((await failure(client.status({}, { timeout: 300 }))).code).toBe('TIMEOUT')
    expect(strict.dropped('reflected')).toHaveLength(1)
    expect(status).not.toHaveBeenCalled()
  })
}
