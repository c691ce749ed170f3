import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, makeBot, START, STOP, type TestBot } from '../../test/harness.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function run(): Promise<TestBot> {
  const made = makeBot()
  await made.bot.import({ strategy: 'conf_trend_1' })
  made.bot.config({
    params: [
      ['slow_period', 6],
      ['fast_period', 2],
      ['threshold_pct', '0.5'],
      ['order_amount', 2],
    ],
  })
  await made.bot.start(START, context)
  return made
}

async function move(feed: TestBot['feed'], mids: number[]): Promise<void> {
  for (const mid of mids) {
    feed.book(mid - 1, mid + 1)
    await vi.advanceTimersByTimeAsync(1_000)
  }
}

const fills = (events: TestBot['events']): unknown[] =>
  events
    .filter(({ type }) => type === 'OrderFilled')
    .map(({ data }) => [data['trade_type'], data['amount'], data['price']])

describe('the trend follower', () => {
  it('waits for enough samples, buys once when the trend turns up, and sells what it bought when it turns down', async () => {
    const { feed, events } = await run()
    await move(feed, [100, 105, 110])
    expect(events).toEqual([])
    await move(feed, [115, 120, 125, 130])
    expect(fills(events)).toEqual([['TradeType.BUY', 2, 121]])
    await move(feed, [110, 90, 80])
    expect(fills(events).slice(1)).toEqual([['TradeType.SELL', 2, 109]])
    await move(feed, [70, 60])
    expect(fills(events)).toHaveLength(2)
  })

  it('stays out of a market that does not move', async () => {
    const { feed, events } = await run()
    await move(
      feed,
      Array.from({ length: 30 }, () => 100),
    )
    expect(events).toEqual([])
  })

  it('sells what an earlier run bought when it is restored', async () => {
    const { bot, feed, events } = await run()
    await move(feed, [100, 105, 110, 115, 120, 125])
    bot.stop(STOP)
    await bot.start({ ...START, restore: true }, context)
    await move(feed, [120, 110, 100, 90, 80, 70])
    expect(fills(events).map((fill) => (fill as string[])[0])).toEqual(['TradeType.BUY', 'TradeType.SELL'])
  })

  it('buys no more than the balance allows', async () => {
    const { bot, feed, events } = await run()
    bot.balancePaper({ asset: 'USDT', amount: 100 })
    await move(feed, [100, 105, 110, 115, 120, 125])
    // 100 less the fee and a margin of 1%, at 121.
    expect(fills(events)).toEqual([['TradeType.BUY', 0.817, 121]])
  })
})
