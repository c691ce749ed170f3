import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, HISTORY, makeBot, START, STOP } from '../../test/harness.ts'

const DAY = 86_400_000
beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-01-10T12:00:00Z') }))
afterEach(() => void vi.useRealTimers())

describe('history', () => {
  it('is empty at first', () => {
    expect(makeBot().bot.history(HISTORY)).toEqual({ trades: [], msg: '' })
    expect(makeBot().bot.history({ ...HISTORY, verbose: true }).msg).toContain('No past trades to report.')
  })

  it('answers the trades of the last days, also parts of one, newest last', async () => {
    const { bot } = makeBot()
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: '1' } })
    vi.setSystemTime(Date.now() + DAY)
    await bot.externalEvent('order.market', { data: { type: 'sell', amount: '0.5' } })
    const { trades } = bot.history(HISTORY)
    expect(
      trades.map(({ trade_type, price, quantity, trade_timestamp }) => [trade_type, price, quantity, trade_timestamp]),
    ).toEqual([
      ['BUY', '101', '1', 1_768_046_400],
      ['SELL', '99', '0.5', 1_768_132_800],
    ])
    expect(bot.history({ ...HISTORY, days: 0.5 }).trades).toHaveLength(1)
    expect(bot.history({ ...HISTORY, days: 1.5 }).trades).toHaveLength(2)
    bot.close()
  })

  it('adds a table when asked to, with as many digits as asked for', async () => {
    const { bot, logs } = makeBot()
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: '0.125' } })
    const { msg } = bot.history({ ...HISTORY, verbose: true, precision: 2 })
    expect(msg).toMatch(/2026-01-10 12:00:00 +binance +BTC-USDT +BUY +101\.00 +0\.13 +12\.63/)
    expect(msg).toContain('bought 0.13, sold 0.00')
    expect(logs.at(-1)?.msg).toBe(msg)
    expect(bot.history({ ...HISTORY, verbose: true }).msg).toContain('0.125')
    bot.close()
  })

  it('lives on when the strategy is stopped and started again', async () => {
    const { bot, feed } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    await bot.start(START, context)
    feed.trade(99, 1)
    bot.stop(STOP)
    await bot.start(START, context)
    expect(bot.history(HISTORY).trades).toMatchObject([{ raw_json: { strategy: 'pure_market_making', role: 'maker' } }])
    bot.close()
  })
})

describe('status', () => {
  it('refuses when nothing runs', () => {
    expect(() => makeBot().bot.status()).toThrow(/^No strategy is currently running!$/)
  })

  it('shows the tables that Hummingbot users know', async () => {
    const { bot, feed } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    bot.config({
      params: [
        ['order_amount', '0.5'],
        ['bid_spread', 1],
        ['ask_spread', 2],
        ['order_refresh_time', 60],
      ],
    })
    await bot.start(START, context)
    feed.trade(99, 0.25)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(bot.status()).toBe(`
  Strategy: pure_market_making (conf_pure_mm_1.yml)
  Running for: 00:00:05

  Markets:
    Exchange             Market    Best Bid  Best Ask  Mid Price
    binance_paper_trade  BTC-USDT        99       101        100

  Assets:
                               BTC       USDT
    Total Balance             1.25  975.22525
    Available Balance         0.75   950.4505
    Usable (balance limit)    0.75   950.4505
    Current Value (USDT)    125.00     975.23
    Current %                11.4%      88.6%

  Orders:
    Type  Price  Spread  Amount (Orig)  Amount (Left)       Age
    sell    102   2.00%            0.5            0.5  00:00:05
    buy      99   1.00%            0.5           0.25  00:00:05

  Performance:
    Realized P&L: -0.02475 USDT
    Total P&L: 0.22525 USDT (0.910% of the volume)
    Volume: 24.75 USDT`)
    bot.close()
  })

  it('says when there are no orders and when the data has ended', async () => {
    const { bot, feed } = makeBot()
    await bot.import({ strategy: 'conf_trend_1' })
    await bot.start(START, context)
    feed.end()
    expect(bot.status()).toContain('  No active maker orders.')
    expect(bot.status()).toContain('(the market data has ended)')
    bot.stop(STOP)
    await bot.start(START, context)
    expect(feed.opened).toEqual(['BTC-USDT', 'BTC-USDT'])
    bot.close()
  })
})
