import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { field } from '../test/field.ts'
import { gate } from '../test/gate.ts'
import { BotClient, discoverBots } from './index.ts'

const PATIENCE = 20_000

it('a broker that is killed and restarted: bridge and client go on by themselves, and nothing runs late', async () => {
  const { broker, bus, bridge, peer } = await field()
  const relay = await gate(broker.port)
  const blocked = Promise.withResolvers<string>()
  const start = vi.fn(() => 'started')
  const status = vi.fn(() => blocked.promise)
  const running = await bridge({ start, status, history: () => [] }, { bus: await bus({ url: relay.url }) })
  const controller = await bus()
  const client = new BotClient(controller, 'A')
  const heard: unknown[] = []
  await client.on('events', ({ data }) => heard.push(data.data))
  const foreign = await peer()
  await foreign.subscribe('hbot/A/status_updates')
  const inFlight = client.status()
  await vi.waitFor(() => expect(status).toHaveBeenCalled())

  relay.shut()
  await broker.kill('SIGKILL')
  await expect(inFlight).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
  await expect(client.start()).rejects.toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent' })
  for (const i of [1, 2, 3]) running.event('OrderFilled', { i })
  blocked.resolve('too late')

  await broker.start()
  await vi.waitFor(() => expect(controller.state.status).toBe('connected'), PATIENCE)
  await foreign.subscribe('hbot/A/status_updates')
  expect(heard).toEqual([])
  relay.open()
  await vi.waitFor(() => expect(heard).toEqual([{ i: 1 }, { i: 2 }, { i: 3 }]), PATIENCE)
  await vi.waitFor(() => expect(foreign.on('hbot/A/status_updates')).toMatchObject([{ msg: 'online' }]))
  expect(await client.history()).toEqual({ status: 200, msg: '', trades: [] })
  expect(start).not.toHaveBeenCalled()
  expect(status).toHaveBeenCalledOnce()
  expect(await client.start()).toMatchObject({ status: 200 })
}, 60_000)

it('events told during the outage wait for the broker, also a long one, and heartbeats do not', async () => {
  const { broker, bus, bridge, peer } = await field()
  const relay = await gate(broker.port)
  const running = await bridge({}, { bus: await bus({ url: relay.url }), heartbeatInterval: 50 })
  const foreign = await peer()
  await foreign.subscribe('hbot/A/#')
  await vi.waitFor(() => expect(foreign.on('hbot/A/hb').length).toBeGreaterThan(1))
  relay.shut()
  const before = foreign.on('hbot/A/hb').length
  for (let i = 0; i < 1_000; i++) running.notify(String(i))
  relay.open()
  await vi.waitFor(() => expect(foreign.on('hbot/A/notify')).toHaveLength(1_000), PATIENCE)
  const sequence = foreign.on('hbot/A/notify').map((message) => (message as { seq: number }).seq)
  expect(sequence).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  await vi.waitFor(() => expect(foreign.on('hbot/A/hb').length).toBeGreaterThan(before))
  expect(running.droppedMessages).toBe(0)
}, 60_000)

it('a bot process that is killed is known to be offline at once, by its last will', async () => {
  const { broker, bus } = await field()
  const directory = await discoverBots(await bus())
  const script = fileURLToPath(new URL('../test/bot-process.ts', import.meta.url))
  // Node 22 runs TypeScript only with the flag.
  const flags = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  const bot = spawn(process.execPath, [...flags, script, broker.url, 'doomed'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void bot.kill('SIGKILL'))
  await new Promise((resolve) => bot.stdout.once('data', resolve))
  await vi.waitFor(() => expect(directory.get('doomed')).toMatchObject({ health: 'online' }))
  expect(await new BotClient(await bus(), 'doomed').status()).toMatchObject({ data: 'fine' })
  bot.kill('SIGKILL')
  await vi.waitFor(() => expect(directory.get('doomed')).toMatchObject({ health: 'offline' }), 5_000)
  const call = new BotClient(await bus(), 'doomed').start()
  await expect(call).rejects.toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
  await directory.close()
})
