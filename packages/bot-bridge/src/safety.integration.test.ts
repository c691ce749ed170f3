import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { field, request } from '../test/field.ts'
import { type Bot, BotClient, discoverBots } from './index.ts'

/* What goes wrong in the field: each test sends what a foreign peer did, byte by byte, to a bridge on Mosquitto. */

const YEAR = 365 * 24 * 3_600_000

function bot() {
  return {
    start: vi.fn(() => 'started'),
    stop: vi.fn(() => 'stopped'),
    status: vi.fn(() => 'fine'),
  } satisfies Bot
}

describe.each([5, 4] as const)('over MQTT version %d', (protocolVersion) => {
  it('a retained start of last year is not run, neither at connect nor after a restart of the broker, and is reported', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'botbus-retained-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const config = ['persistence true', `persistence_location ${folder}/`]
    const { broker, bus, bridge, peer, dropped } = await field({ config, protocolVersion })
    const foreign = await peer()
    await foreign.publish('hbot/A/start', request('rpc-1', {}, { timestamp: Date.now() - YEAR }), { retain: true })
    const own = bot()
    const running = await bridge(own)
    await vi.waitFor(() => expect(dropped('hbot/A/start')).toEqual(['retained']))
    await broker.restart()
    await vi.waitFor(() => expect(dropped('hbot/A/start')).toEqual(['retained', 'retained']), 20_000)
    const client = new BotClient(await bus(), 'A')
    expect(await client.status()).toMatchObject({ data: 'fine' })
    expect(own.start).not.toHaveBeenCalled()
    expect(await client.start()).toMatchObject({ status: 200 })
    await running.stop()
  })

  it('an expired request is not run, and its sender is told so', async () => {
    const { bridge, peer, dropped } = await field({ protocolVersion })
    const own = bot()
    await bridge(own)
    const foreign = await peer()
    await foreign.subscribe('replies/#')
    await foreign.publish('hbot/A/start', request('replies/1', {}, { deadline: Date.now() - 1 }))
    await vi.waitFor(() => expect(foreign.on('replies/1')).toMatchObject([{ data: { status: 400 } }]))
    expect(dropped('hbot/A/start')).toEqual(['expired'])
    expect(own.start).not.toHaveBeenCalled()
  })

  it.each([
    ['that carry a clock', () => ({ timestamp: Date.now() })],
    ['that carry a clock in nanoseconds', () => ({ timestamp: Date.now() * 1e6 })],
    ['with an idempotency key', () => ({ timestamp: 0, idempotency_key: 'k1' })],
  ])('the same bytes %s, delivered twice, run once and get the same answer twice', async (_, header) => {
    const { bridge, peer, dropped } = await field({ protocolVersion })
    let runs = 0
    await bridge({ start: () => `run ${++runs}` })
    const foreign = await peer()
    await foreign.subscribe('replies/#')
    const bytes = JSON.stringify(request('replies/1', {}, header()))
    await Promise.all([foreign.publish('hbot/A/start', bytes), foreign.publish('hbot/A/start', bytes)])
    const answer = { data: { status: 200, msg: 'run 1' } }
    await vi.waitFor(() => expect(foreign.on('replies/1')).toMatchObject([answer, answer]))
    expect(dropped('hbot/A/start')).toEqual(['duplicate'])
    expect(runs).toBe(1)
  })

  it.each([
    ['hbot/B/stop'],
    ['hbot.B.stop'],
    ['other/B/config'],
    ['hbot/B/log'],
    ['hbot/B/external/event/x'],
    ['hbot/+/stop'],
    ['$SYS/x'],
  ])('a status with reply_to %s is not run and makes nobody do anything', async (replyTo) => {
    const { bus, bridge, peer, dropped } = await field({ protocolVersion })
    const [a, b] = [bot(), { ...bot(), externalEvent: vi.fn() }]
    await bridge(a, { id: 'A' })
    await bridge(b, { id: 'B' })
    const foreign = await peer()
    await foreign.publish('hbot/A/status', request(replyTo))
    await vi.waitFor(() => expect(dropped('hbot/A/status')).toEqual(['reflected']))
    expect(await new BotClient(await bus(), 'B').status()).toMatchObject({ data: 'fine' })
    expect(a.status).not.toHaveBeenCalled()
    expect(b.stop).not.toHaveBeenCalled()
    expect(b.externalEvent).not.toHaveBeenCalled()
  })

  it('a bus with a strict setting replies to the configured prefixes only', async () => {
    const { bus, bridge, peer, dropped } = await field({ protocolVersion })
    const events: string[] = []
    const observing = await bus(
      {},
      { replyPrefixes: ['hbot/'], hooks: { observe: ({ type }) => void events.push(type) } },
    )
    const own = bot()
    await bridge(own, { bus: observing })
    const foreign = await peer()
    await foreign.publish('hbot/A/status', request('rpc-1'))
    await vi.waitFor(() => expect(events).toContain('dropped'))
    expect(await new BotClient(await bus(), 'A').status()).toMatchObject({ data: 'fine' })
    expect(own.status).toHaveBeenCalledOnce()
    expect(dropped('hbot/A/status')).toEqual([])
  })

  it('a stop reaches both of two bots with one id', async () => {
    const { bus, bridge } = await field({ protocolVersion })
    const [one, two] = [bot(), bot()]
    await bridge(one)
    await bridge(two)
    expect(await new BotClient(await bus(), 'A').stop()).toEqual({ status: 200, msg: 'stopped' })
    await vi.waitFor(() => expect([one.stop.mock.calls.length, two.stop.mock.calls.length]).toEqual([1, 1]))
  })
})

it('only a fresh heartbeat makes a bot appear: no echo of ours, nothing retained, nothing beside the topic', async () => {
  const { bus, peer } = await field()
  const foreign = await peer()
  await foreign.publish('hbot/ghost/hb', { ts: Date.now() * 1_000 }, { retain: true })
  await foreign.publish(
    'hbot/ghost/status_updates',
    { timestamp: 1, type: 'availability', msg: 'online' },
    { retain: true },
  )
  const controller = await bus()
  const directory = await discoverBots(controller)
  await controller.publish('hbot/ghost/start', request('rpc-1'))
  await new BotClient(controller, 'ghost').sendEvent('a', {})
  await foreign.publish('hbot/ghost/hb/x', { ts: 1 })
  await foreign.publish('hbot/ghost/hb', 'not json')
  await foreign.publish('hbot/ghost/log', { timestamp: 1, msg: '', level_no: 20, level_name: 'INFO', logger_name: '' })
  await foreign.publish('hbot/ghost/status_updates', { timestamp: 1, type: 'availability', msg: 'offline' })
  await foreign.publish('hbot/alive/hb', { ts: Date.now() * 1_000 })
  await vi.waitFor(() => expect(directory.get('alive')).toMatchObject({ health: 'online' }))
  expect(directory.bots.map(({ id }) => id)).toEqual(['alive'])
  await directory.close()
})
