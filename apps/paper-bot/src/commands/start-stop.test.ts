import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, ManualFeed, makeBot, START, STOP } from '../../test/harness.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Two orders of 1% around 100. */
async function importedBot(feed?: ManualFeed) {
  const made = makeBot(feed ? { feed } : {})
  await made.bot.import({ strategy: 'conf_pure_mm_1' })
  made.bot.config({
    params: [
      ['bid_spread', 1],
      ['ask_spread', 1],
      ['order_amount', '0.5'],
    ],
  })
  return made
}

const types = (events: { type: string }[]): string[] => events.map(({ type }) => type)

describe('start', () => {
  it('refuses without a strategy', async () => {
    await expect(makeBot().bot.start(START, context)).rejects.toThrow(
      /^Strategy check: Please import or create a strategy\.$/,
    )
  })

  it('places orders, reports and notifies', async () => {
    const { bot, events, notes, performance } = await importedBot()
    await bot.start(START, context)
    expect(events).toMatchObject([
      {
        type: 'BuyOrderCreated',
        data: {
          type: 'OrderType.LIMIT',
          trading_pair: 'BTC-USDT',
          amount: 0.5,
          price: 99,
          leverage: 1,
          position: 'NIL',
        },
      },
      { type: 'SellOrderCreated', data: { amount: 0.5, price: 101 } },
    ])
    expect(notes.at(-1)).toBe('Started pure_market_making (conf_pure_mm_1.yml) on BTC-USDT.')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(performance).toHaveLength(4)
    expect(Object.keys(performance[0]?.['pure_market_making']?.performance ?? {})).toEqual([
      'realized_pnl_quote',
      'unrealized_pnl_quote',
      'unrealized_pnl_pct',
      'realized_pnl_pct',
      'global_pnl_quote',
      'global_pnl_pct',
      'volume_traded',
      'positions_summary',
      'close_type_counts',
    ])
  })

  it('refuses while it runs', async () => {
    const { bot } = await importedBot()
    await bot.start(START, context)
    await expect(bot.start(START, context)).rejects.toThrow(/^The bot is already running - please run "stop" first$/)
  })

  it('is accepted at once when asked so, and refuses a second start meanwhile', async () => {
    const gate = Promise.withResolvers<void>()
    const { bot, notes } = await importedBot(new ManualFeed(gate.promise))
    await bot.start({ ...START, async_backend: true }, context)
    expect(() => bot.status()).toThrow('No strategy is currently running!')
    await expect(bot.start(START, context)).rejects.toThrow('The bot is already running')
    gate.resolve()
    await vi.waitFor(() => expect(bot.status()).toContain('pure_market_making'))
    expect(notes.at(-1)).toContain('Started')
  })

  it('gives up after 30 seconds', async () => {
    const { bot } = await importedBot(new ManualFeed(new Promise(() => undefined)))
    const started = expect(bot.start(START, context)).rejects.toThrow(
      /^Hummingbot start command timed out after 30 seconds$/,
    )
    await vi.advanceTimersByTimeAsync(30_000)
    await started
    // It is stopped then, not half started.
    await expect(bot.start({ ...START, async_backend: true }, context)).resolves.toBeUndefined()
  })

  it('is undone by a stop that comes while it waits for the market', async () => {
    const gate = Promise.withResolvers<void>()
    const { bot, events } = await importedBot(new ManualFeed(gate.promise))
    const started = expect(bot.start(START, context)).rejects.toThrow('The start was stopped.')
    bot.stop(STOP)
    await started
    gate.resolve()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(events).toEqual([])
  })

  it('ends when its caller gives up', async () => {
    const { bot } = await importedBot(new ManualFeed(new Promise(() => undefined)))
    const caller = new AbortController()
    const started = expect(bot.start(START, { signal: caller.signal })).rejects.toThrow('gone')
    caller.abort(new Error('gone'))
    await started
  })

  it('applies the log level, unless it is unknown or the start is refused', async () => {
    const { bot, logs } = await importedBot()
    await expect(bot.start({ ...START, log_level: 'LOUD' }, context)).rejects.toThrow("Invalid log level: 'LOUD'.")
    await bot.start({ ...START, log_level: 'warning' }, context)
    await expect(bot.start({ ...START, log_level: 'DEBUG' }, context)).rejects.toThrow('already running')
    const before = logs.length
    bot.stop(STOP)
    expect(logs.length).toBe(before)
    expect(bot.config({ params: [] }).config.client['log_level']).toBe('WARNING')
  })

  it('runs a script instead of the imported strategy, with the conf that it is given', async () => {
    const { bot } = await importedBot()
    await bot.start({ ...START, script: 'trend_follower.py', conf: 'conf_trend_1.yml' }, context)
    expect(bot.status()).toContain('Strategy: trend_follower (conf_trend_1.yml)')
    bot.stop(STOP)
    await bot.start(START, context)
    expect(bot.status()).toContain('Strategy: pure_market_making (conf_pure_mm_1.yml)')
  })

  it('takes a script without a conf: its defaults, or a strategy file of that name', async () => {
    const { bot } = makeBot()
    await bot.start({ ...START, script: 'pure_market_making' }, context)
    expect(bot.status()).toContain('Strategy: pure_market_making (pure_market_making)')
    bot.stop(STOP)
    await bot.start({ ...START, script: 'conf_trend_1.yml' }, context)
    expect(bot.status()).toContain('(conf_trend_1.yml)')
  })

  it.each([
    [{ script: 's.py' }, "[Errno 2] No such file or directory: 's.yml'"],
    [
      { script: 'trend_follower', conf: 'conf_pure_mm_1' },
      'conf_pure_mm_1.yml is for pure_market_making, not for trend_follower.',
    ],
    [{ script: 'other', conf: 'conf_pure_mm_1' }, "Unknown script: 'other'."],
  ])('refuses %j', async (request, message) => {
    await expect(makeBot().bot.start({ ...START, ...request }, context)).rejects.toThrow(message)
  })
})

describe('stop', () => {
  it('cancels the orders and reports a last time without figures', async () => {
    const { bot, events, notes, performance } = await importedBot()
    await bot.start(START, context)
    bot.stop(STOP)
    expect(types(events).slice(2)).toEqual(['OrderCancelled', 'OrderCancelled'])
    expect(performance.at(-1)).toEqual({ pure_market_making: {} })
    expect(notes.at(-1)).toBe('Stopped. 2 open orders were cancelled.')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(events).toHaveLength(4)
    expect(() => bot.status()).toThrow('No strategy is currently running!')
  })

  it('leaves the orders where they are when told so, and they can still fill', async () => {
    const { bot, events, feed } = await importedBot()
    await bot.start(START, context)
    bot.stop({ ...STOP, skip_order_cancellation: true })
    expect(events).toHaveLength(2)
    feed.trade(99, 0.5)
    expect(types(events).slice(2)).toEqual(['OrderFilled', 'BuyOrderCompleted'])
    bot.stop(STOP)
    expect(types(events).slice(4)).toEqual(['OrderCancelled'])
  })

  it('is no error when nothing runs', () => {
    const { bot, notes } = makeBot()
    expect(() => bot.stop(STOP)).not.toThrow()
    expect(notes).toEqual([])
  })
})

describe('start after a stop', () => {
  it('with restore goes on with the orders and the accounts of the last run', async () => {
    const { bot, events, feed, performance } = await importedBot()
    await bot.start(START, context)
    feed.trade(99, 0.2)
    bot.stop({ ...STOP, skip_order_cancellation: true })
    await bot.start({ ...START, restore: true }, context)
    expect(types(events)).toEqual(['BuyOrderCreated', 'SellOrderCreated', 'OrderFilled'])
    expect(performance.at(-1)?.['pure_market_making']?.performance).toMatchObject({ volume_traded: 19.8 })
    expect(bot.status()).toContain('0.3')
  })

  it('without restore cancels what the last run left on another market', async () => {
    const { bot, events } = await importedBot()
    await bot.start(START, context)
    bot.stop({ ...STOP, skip_order_cancellation: true })
    bot.config({ params: [['market', 'ETH-USDT']] })
    await bot.start(START, context)
    expect(types(events).slice(2, 4)).toEqual(['OrderCancelled', 'OrderCancelled'])
  })

  it('without restore cancels what the last run left, and counts anew', async () => {
    const { bot, events, feed, performance } = await importedBot()
    await bot.start(START, context)
    feed.trade(99, 0.2)
    bot.stop({ ...STOP, skip_order_cancellation: true })
    await bot.start(START, context)
    expect(types(events).slice(3)).toEqual(['OrderCancelled', 'OrderCancelled', 'BuyOrderCreated', 'SellOrderCreated'])
    expect(performance.at(-1)?.['pure_market_making']?.performance).toMatchObject({ volume_traded: 0 })
  })
})
