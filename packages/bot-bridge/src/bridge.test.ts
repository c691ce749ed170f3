import { BotbusError } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { BotClient, Bridge, type BridgeSettings } from './index.ts'

/** A bridge of a bot with `settings`, and what it publishes by topic. */
async function setUp(settings: Partial<BridgeSettings> = {}) {
  const made = await harness()
  const seen: { topic: string; data: unknown }[] = []
  await made.bus.subscribe('#', ({ topic, data }) => seen.push({ topic, data }))
  const bot = { status: () => 'fine', externalEvent: vi.fn() }
  const bridge = await made.bridge(bot, { settings })
  const on = (suffix: string) =>
    seen.filter(({ topic }) => topic.endsWith(`/testbot/${suffix}`)).map(({ data }) => data)
  return { ...made, bot, bridge, seen, on }
}

function tellAll(bridge: Bridge): void {
  bridge.event('OrderFilled', { order_id: 'OID1' })
  bridge.notify('hello')
  bridge.log({ level: 'WARNING', message: 'slow', logger: 'hummingbot.strategy.x' })
  bridge.performance({ ctrl_1: { performance: { realized_pnl_quote: 1 }, custom_info: {} } })
  bridge.statusUpdate('strategy', 'running')
}

describe('a bridge', () => {
  it('says online and beats when it starts, offline when it stops', async () => {
    const { bridge, on } = await setUp()
    const online = { timestamp: expect.any(Number), type: 'availability', msg: 'online', instance: expect.any(String) }
    await vi.waitFor(() => expect(on('hb')).toEqual([{ ts: expect.any(Number), instance: expect.any(String) }]))
    expect(on('status_updates')).toEqual([online])
    await bridge.stop()
    await vi.waitFor(() => expect(on('status_updates')).toEqual([online, { ...online, msg: 'offline' }]))
  })

  it('publishes in Hummingbot’s shapes', async () => {
    const { bridge, on } = await setUp()
    tellAll(bridge)
    bridge.notify('again')
    bridge.log({ level: 'CRITICAL', message: '', logger: 'x', timestamp: 1_795_443_544_640 })
    await vi.waitFor(() => expect(on('log')).toHaveLength(2))
    expect(on('events')).toEqual([
      { timestamp: expect.toSatisfy(isSeconds), type: 'OrderFilled', data: { order_id: 'OID1' } },
    ])
    expect(on('notify')).toEqual([
      { seq: 0, timestamp: expect.toSatisfy(isSeconds), msg: 'hello' },
      { seq: 1, timestamp: expect.toSatisfy(isSeconds), msg: 'again' },
    ])
    expect(on('log')).toEqual([
      {
        timestamp: expect.any(Number),
        msg: 'slow',
        level_no: 30,
        level_name: 'WARNING',
        logger_name: 'hummingbot.strategy.x',
      },
      { timestamp: 1_795_443_544.64, msg: '', level_no: 50, level_name: 'CRITICAL', logger_name: 'x' },
    ])
    expect(on('performance')).toEqual([{ ctrl_1: { performance: { realized_pnl_quote: 1 }, custom_info: {} } }])
    expect(on('status_updates').at(-1)).toEqual({ timestamp: expect.any(Number), type: 'strategy', msg: 'running' })
  })

  it.each([
    ['events', 'events'],
    ['notifier', 'notify'],
    ['logger', 'log'],
  ] as const)('with %s off publishes nothing on %s, and everything else', async (setting, suffix) => {
    const { bridge, on } = await setUp({ [setting]: false })
    tellAll(bridge)
    await vi.waitFor(() => expect(on('status_updates')).toHaveLength(2))
    const others = ['events', 'notify', 'log'].filter((other) => other !== suffix)
    await vi.waitFor(() => expect(others.map((other) => on(other).length)).toEqual([1, 1]))
    await bridge.stop()
    expect(on(suffix)).toEqual([])
  })

  it('with commands off serves none, but still beats', async () => {
    const { bus, on } = await setUp({ commands: false })
    await expect(new BotClient(bus, 'testbot').status()).rejects.toMatchObject({
      code: 'NO_RESPONDER',
      outcome: 'not_sent',
    })
    await vi.waitFor(() => expect(on('hb')).toHaveLength(1))
  })

  it('with external_events off hears none', async () => {
    const { bus, bot } = await setUp({ external_events: false })
    const client = new BotClient(bus, 'testbot')
    await client.sendEvent('a.b', {})
    await client.status()
    expect(bot.externalEvent).not.toHaveBeenCalled()
  })

  it('lives in its namespace', async () => {
    const { bus, seen } = await setUp({ namespace: 'firm/desk/' })
    expect(await new BotClient(bus, 'testbot', { namespace: 'firm/desk' }).status()).toMatchObject({ data: 'fine' })
    await vi.waitFor(() => expect(seen.map(({ topic }) => topic)).toContain('firm/desk/testbot/hb'))
  })

  it('sends nothing before it starts and after it stopped', async () => {
    const { bus } = await harness()
    const seen: string[] = []
    await bus.subscribe('#', ({ topic }) => seen.push(topic))
    const bridge = new Bridge({ bus, bot: {}, id: 'testbot' })
    tellAll(bridge)
    await bridge.start()
    await bridge.stop()
    tellAll(bridge)
    await bus.publish('end', {})
    await vi.waitFor(() => expect(seen).toContain('end'))
    expect(seen).toEqual(['hbot/testbot/status_updates', 'hbot/testbot/hb', 'hbot/testbot/status_updates', 'end'])
  })

  it('announces itself again after a reconnect, and then what happened meanwhile, in order', async () => {
    const { broker, bridge, on } = await setUp()
    await vi.waitFor(() => expect(on('hb')).toHaveLength(1))
    broker.stop()
    for (let i = 0; i < 5; i++) bridge.event('OrderFilled', { i })
    bridge.performance({ lost: {} })
    broker.start()
    await vi.waitFor(() =>
      expect(on('events').map((event) => (event as { data: unknown }).data)).toEqual(
        [0, 1, 2, 3, 4].map((i) => ({ i })),
      ),
    )
    await vi.waitFor(() => expect(on('hb')).toHaveLength(2))
    expect(on('status_updates')).toHaveLength(2)
    expect(on('performance')).toEqual([])
  })

  it('may be started twice, stopped twice and started again', async () => {
    const { bus, bridge, on } = await setUp()
    await Promise.all([bridge.start(), bridge.start(), bridge.stop(), bridge.stop(), bridge.start()])
    expect(bridge.isRunning).toBe(true)
    expect(await new BotClient(bus, 'testbot').status()).toMatchObject({ data: 'fine' })
    await vi.waitFor(() => expect(on('status_updates')).toHaveLength(3))
  })

  it('leaves nothing open when it cannot start, and may be started later', async () => {
    const { broker, bus } = await harness()
    const bridge = new Bridge({ bus, bot: { status: () => 'fine' }, id: 'testbot' })
    broker.stop()
    await expect(bridge.start()).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
    expect(bridge.isRunning).toBe(false)
    broker.start()
    await expect(new BotClient(bus, 'testbot').status()).rejects.toMatchObject({ code: 'NO_RESPONDER' })
    await bridge.start()
    expect(await new BotClient(bus, 'testbot').status()).toMatchObject({ data: 'fine' })
    await bridge.stop()
  })

  it('answers the command that runs and says offline only then, and refuses those that wait', async () => {
    const { bus, anotherBus, bridge } = await harness()
    const { promise, resolve } = Promise.withResolvers<string>()
    const start = vi.fn(() => promise)
    const order: string[] = []
    await bus.subscribe('hbot/testbot/status_updates', ({ data }) => order.push((data as { msg: string }).msg))
    const running = await bridge({ start, import: () => 'imported' }, { bus: await anotherBus() })
    const client = new BotClient(bus, 'testbot')
    const started = client.start().finally(() => order.push('answered'))
    const imported = client.import({ strategy: 's' })
    await vi.waitFor(() => expect(start).toHaveBeenCalled())
    const stopped = running.stop()
    expect(await imported).toMatchObject({ status: 400, msg: 'the bridge was stopped' })
    resolve('started')
    expect(await started).toMatchObject({ status: 200, msg: 'started' })
    await stopped
    await vi.waitFor(() => expect(order).toEqual(['online', 'answered', 'offline']))
  })

  it('stops when its bus is closed', async () => {
    const { anotherBus, bridge } = await harness()
    const bus = await anotherBus()
    const running = await bridge({}, { bus })
    await bus.close()
    await vi.waitFor(() => expect(running.isRunning).toBe(false))
  })

  it('shares a bus with others', async () => {
    const { bus, bridge } = await harness()
    await bridge({ status: () => 'A' }, { id: 'a' })
    await bridge({ status: () => 'B' }, { id: 'b' })
    const answers = await Promise.all(['a', 'b'].map((id) => new BotClient(bus, id).status()))
    expect(answers.map(({ data }) => data)).toEqual(['A', 'B'])
  })

  it('counts what it could not keep while the broker was away', async () => {
    const { broker, bridge, warnings } = await setUp()
    broker.stop()
    for (let i = 0; i < 10_001; i++) bridge.notify(String(i))
    expect(bridge.droppedMessages).toBe(1)
    expect(warnings).toHaveLength(1)
  })

  it.each([
    [{ id: 'a.b' }, 'a.b'],
    [{ id: 'a', settings: { namespace: '#' } }, 'namespace'],
    [{ id: 'a', settings: { logger: 'perhaps' } }, 'logger'],
  ])('refuses %j and names what is wrong', async (options, name) => {
    const { bus } = await harness()
    const make = (): Bridge => new Bridge({ bus, bot: {}, ...(options as { id: string }) })
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }))
    expect(make).toThrow(BotbusError)
  })
})

function isSeconds(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs((value as number) - Date.now() / 1_000) < 60
}
