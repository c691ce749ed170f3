import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../scripts/broker/process/ports.mjs'

const PROGRAM = fileURLToPath(new URL('../apps/server/src/main.ts', import.meta.url))
const PLUGIN = fileURLToPath(new URL('07-your-own-server-plugin.ts', import.meta.url))
const FROM_SOURCE = [
  '--conditions=@botbus/source',
  '--experimental-strip-types',
  '--disable-warning=ExperimentalWarning',
]

/** The server program with this plugin only. */
async function startServer(): Promise<{ url: string; broker: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'botbus-example-'))
  const port = await freePort()
  const config = join(folder, 'botbus.config.json')
  const plugins = { [PLUGIN]: { topic: 'alarms/test' } }
  await writeFile(config, JSON.stringify({ port, http: { port: 0 }, store: 'sqlite::memory:', plugins }))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BOTBUS_')))
  const server = spawn(process.execPath, [...FROM_SOURCE, PROGRAM, '--config', config], { env })
  const ended = once(server, 'exit')
  onTestFinished(async () => {
    server.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true })
  })
  let shown = ''
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (shown += text))
  const url = await vi.waitFor(
    () => {
      const found = /ready: HTTP on (http:\S+),/.exec(shown)?.[1]
      if (found === undefined) throw new Error(`the server is not ready: ${shown}`)
      return found
    },
    { timeout: 30_000 },
  )
  return { url, broker: `mqtt://127.0.0.1:${port}` }
}

it('lists the bots, and tells when one goes', async () => {
  const server = await startServer()
  await using bus = await openBus(server.broker)
  await using alarms = bus.messages('alarms/test')
  await alarms.ready
  const list = async (): Promise<unknown> => (await fetch(`${server.url}/api/watchdog/bots`)).json()
  const bridge = new Bridge({ bus, id: 'alpha', bot: {} })
  await bridge.start()
  await vi.waitFor(async () => expect(await list()).toEqual([{ id: 'alpha', health: 'online' }]), { timeout: 10_000 })

  await bridge.stop()
  const alarm = await alarms.next()
  expect(alarm.value?.data).toEqual({ bot: 'alpha', health: 'offline' })
  expect(await list()).toEqual([{ id: 'alpha', health: 'offline' }])
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
    'botbus_watchdog_alarms_total{health="offline"} 1',
  )
})

it('has fewer than 40 lines', () => {
  expect(readFileSync(PLUGIN, 'utf8').trimEnd().split('\n').length).toBeLessThan(40)
})
