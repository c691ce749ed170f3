import { describe, expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { type Bot, BotClient, CommandError } from './index.ts'

async function setUp(bot: Bot, commandTimeout?: number) {
  const made = await harness()
  const bridge = await made.bridge(bot, commandTimeout === undefined ? {} : { commandTimeout })
  return { ...made, bridge, client: new BotClient(made.bus, 'testbot') }
}

/** A method that runs until the test ends it; each call is told. */
function blocking() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { method: vi.fn(() => promise), end: () => resolve('') }
}

describe('answers', () => {
  it('have what the bot returns in the place that each command has for it', async () => {
    const config = { changes: [['a', 1]] as [string, unknown][], config: { client: { a: 1 }, strategy: {} } }
    const trade = { market: 'm', price: '1000.' }
    const { client } = await setUp({
      start: () => 'started',
      stop: () => undefined,
      import: async () => 'imported',
      config: () => config,
      balanceLimit: () => 'limited',
      balancePaper: () => undefined,
      history: () => [trade],
      status: () => 'text',
      commandShortcuts: ({ params }) => params.map(() => true),
    })
    expect(await client.start()).toEqual({ status: 200, msg: 'started' })
    expect(await client.stop()).toEqual({ status: 200, msg: '' })
    expect(await client.import({ strategy: 's' })).toEqual({ status: 200, msg: 'imported' })
    expect(await client.config({ params: [['a', 1]] })).toEqual({ status: 200, msg: '', ...config })
    expect(await client.balanceLimit({ exchange: 'x', asset: 'A', amount: 1 })).toEqual({
      status: 200,
      msg: '',
      data: 'limited',
    })
    expect(await client.balancePaper({ asset: 'A', amount: '1' })).toEqual({ status: 200, msg: '', data: null })
    expect(await client.history()).toEqual({ status: 200, msg: '', trades: [trade] })
    expect(await client.status()).toEqual({ status: 200, msg: '', data: 'text' })
    expect(await client.status({ async_backend: false })).toEqual({ status: 200, msg: 'text', data: 'text' })
    const shortcuts = { params: [['spreads', '1', '1']] }
    expect(await client.commandShortcuts(shortcuts)).toEqual({ status: 200, msg: '', success: [true] })
  })

  it('may carry a text beside the trades', async () => {
    const { client } = await setUp({ history: () => ({ trades: [], msg: 'none yet' }) })
    expect(await client.history()).toEqual({ status: 200, msg: 'none yet', trades: [] })
  })

  it.each([
    ['an error', () => new Error('no money'), 'no money'],
    ['a text', () => 'no money', 'no money'],
    ['undefined', () => undefined, 'undefined'],
    ['an object', () => ({ code: 7 }), '[object Object]'],
  ])('are 400 with the message when the bot throws %s', async (_, thrown, msg) => {
    const fail = (): never => {
      throw thrown()
    }
    const { client } = await setUp({ start: fail, history: async () => fail() })
    expect(await client.start()).toEqual({ status: 400, msg })
    expect(await client.history()).toEqual({ status: 400, msg, trades: [] })
  })

  it('are 400 with the details of a CommandError', async () => {
    const { client } = await setUp({
      config: () => {
        throw new CommandError("Invalid param key(s): ['nope']", { changes: [['instance_id', 'y']] })
      },
    })
    const msg = "Invalid param key(s): ['nope']"
    expect(await client.config()).toEqual({ status: 400, msg, changes: [['instance_id', 'y']], config: {} })
  })

  it('are 400 for a command that the bot does not have', async () => {
    const { client } = await setUp({})
    expect(await client.status()).toEqual({ status: 400, msg: 'this bot has no command "status"', data: '' })
    expect(await client.stop()).toMatchObject({ status: 400 })
  })

  it('are 400 when the bot takes too long, and its signal tells it so', async () => {
    let signal: AbortSignal | undefined
    const { client } = await setUp(
      {
        start: (_, context) => {
          signal = context.signal
          return new Promise(() => undefined)
        },
      },
      50,
    )
    const msg = 'Hummingbot start command timed out after 0.05 seconds'
    expect(await client.start()).toEqual({ status: 400, msg })
    expect(signal?.reason).toMatchObject({ message: msg })
    expect(await client.import({ strategy: 's' })).toMatchObject({ msg: 'this bot has no command "import"' })
  })

  it('are 400 when the bot returns what cannot be an answer', async () => {
    const { client } = await setUp({ history: () => ({ trades: 'none' }) as never, status: () => 1n as never })
    expect(await client.history()).toMatchObject({ status: 400, trades: [] })
    expect(await client.status()).toMatchObject({ status: 400 })
  })

  it('tell the path and the reason of what is wrong with a request', async () => {
    const start = vi.fn()
    const { bus } = await setUp({ start })
    const answer = await bus.call('hbot/testbot/start', { script: 1, is_quickstart: 'perhaps' })
    expect(answer).toEqual({ status: 400, msg: expect.stringMatching(/script: .*is_quickstart: /) })
    expect(await bus.call('hbot/testbot/start', [])).toMatchObject({ status: 400 })
    expect(start).not.toHaveBeenCalled()
  })

  it('take null for a request with every default', async () => {
    const { bus } = await setUp({ stop: (request) => JSON.stringify(request) })
    const msg = '{"skip_order_cancellation":false,"async_backend":true}'
    expect(await bus.call('hbot/testbot/stop', null)).toEqual({ status: 200, msg })
  })
})

describe('commands', () => {
  it('run one at a time, but status and history at any time', async () => {
    const start = blocking()
    const config = vi.fn(() => ({ changes: [], config: { client: {}, strategy: {} } }))
    const { client } = await setUp({ start: start.method, config, status: () => 'starting', history: () => [] })
    const started = client.start()
    const configured = client.config()
    expect(await client.status()).toMatchObject({ data: 'starting' })
    expect(await client.history()).toMatchObject({ status: 200 })
    expect(config).not.toHaveBeenCalled()
    start.end()
    expect(await started).toMatchObject({ status: 200 })
    expect(await configured).toMatchObject({ status: 200 })
  })

  it('refuse all of 90 starts that wait when a stop arrives, however many wait', async () => {
    const config = blocking()
    const start = vi.fn(() => 'started')
    const { client } = await setUp({ config: config.method as never, start, stop: () => 'stopped' })
    void client.config().catch(() => undefined)
    await vi.waitFor(() => expect(config.method).toHaveBeenCalled())
    const starts = Array.from({ length: 90 }, () => client.start())
    const stopped = client.stop()
    await Promise.resolve()
    config.end()
    expect(await stopped).toMatchObject({ status: 200 })
    const answers = await Promise.all(starts)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(start).not.toHaveBeenCalled()
  })

  it('let one of two simultaneous starts run, and the bot refuse the other', async () => {
    let isRunning = false
    const { client } = await setUp({
      start: async () => {
        if (isRunning) throw new Error('The bot is already running - please run "stop" first')
        await Promise.resolve()
        isRunning = true
      },
    })
    const answers = await Promise.all([client.start(), client.start()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('do not run when their caller’s deadline passed while they waited', async () => {
    const config = blocking()
    const start = vi.fn()
    const { client, events } = await setUp({ config: config.method as never, start, stop: () => 'stopped' })
    const configured = client.config()
    await expect(client.start({}, { timeout: 30 })).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    config.end()
    await configured
    await vi.waitFor(() =>
      expect(events.some((event) => event.type === 'request' && event.address === 'hbot/testbot/start')).toBe(true),
    )
    expect(start).not.toHaveBeenCalled()
  })

  it('tell the bot the deadline and the headers of the call', async () => {
    const seen: unknown[] = []
    const { client } = await setUp({
      status: (_, { deadline, headers, timeLeft }) => {
        seen.push({ deadline, headers, isEarly: timeLeft() > 4_000 })
        return ''
      },
    })
    await client.status({}, { timeout: 5_000, headers: { traceparent: 't' } })
    expect(seen).toEqual([{ deadline: expect.any(Number), headers: { traceparent: 't' }, isEarly: true }])
  })

  it('run once for one idempotency key', async () => {
    const start = vi.fn(() => 'started')
    const { client } = await setUp({ start })
    const options = { idempotencyKey: 'k1' }
    const answers = await Promise.all([client.start({}, options), client.start({}, options)])
    expect(answers).toEqual([
      { status: 200, msg: 'started' },
      { status: 200, msg: 'started' },
    ])
    expect(start).toHaveBeenCalledOnce()
  })
})

describe('two bots with one id', () => {
  it('refuse every command but stop', async () => {
    const { bus, anotherBus, bridge } = await harness()
    const bots = [1, 2].map(() => ({ start: vi.fn(), status: vi.fn(() => ''), stop: vi.fn(() => 'stopped') }))
    const first = await bridge(bots[0] as Bot)
    const second = await bridge(bots[1] as Bot, { bus: await anotherBus() })
    await vi.waitFor(() => expect([first.hasConflict, second.hasConflict]).toEqual([true, true]))
    const client = new BotClient(bus, 'testbot')
    const msg = 'another bot uses the id "testbot": only stop is accepted'
    expect(await client.start()).toEqual({ status: 400, msg })
    expect(await client.status()).toMatchObject({ status: 400, msg })
    expect(await client.stop()).toEqual({ status: 200, msg: 'stopped' })
    expect(bots.map(({ start, status }) => [start.mock.calls.length, status.mock.calls.length])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(bots.some(({ stop }) => stop.mock.calls.length === 1)).toBe(true)
  })
})

describe('requests of too many values', () => {
  it('are refused before each value costs something', async () => {
    const method = vi.fn(() => ({ changes: [], config: { client: {}, strategy: {} } }))
    const { bus, client } = await setUp({ config: method })
    const most = Array.from({ length: 333 }, (): [string, unknown] => ['a', 1])
    expect(await client.config({ params: most })).toMatchObject({ status: 200 })
    const answer = await bus.call('hbot/testbot/config', { params: [...most, ['a', 1]] })
    expect(answer).toMatchObject({ status: 400, msg: expect.stringContaining('at most 1000 values') })
    expect(method).toHaveBeenCalledOnce()
  })
})
