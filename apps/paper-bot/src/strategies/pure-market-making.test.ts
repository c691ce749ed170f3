import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, d, makeBot, START } from '../../test/harness.ts'
import { skewRatios } from './inventory-skew.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function run(params: [string, unknown][], balances: [string, number][] = []) {
  const made = makeBot()
  await made.bot.import({ strategy: 'conf_pure_mm_1' })
  made.bot.config({ params: [['bid_spread', 1], ['ask_spread', 1], ['order_amount', '0.5'], ...params] })
  for (const [asset, amount] of balances) made.bot.balancePaper({ asset, amount })
  await made.bot.start(START, context)
  const created = made.events.map(({ type, data }) => [type, data['price'], data['amount']])
  return { ...made, created }
}

describe('pure market making', () => {
  it('rounds the bid down and the ask up to the step of the market', async () => {
    const { created } = await run([
      ['bid_spread', '1.2345'],
      ['ask_spread', '1.2345'],
    ])
    expect(created).toEqual([
      ['BuyOrderCreated', 98.76, 0.5],
      ['SellOrderCreated', 101.24, 0.5],
    ])
  })

  it('never takes: an order stays outside the other side of the book', async () => {
    const { created } = await run([
      ['bid_spread', '0.0001'],
      ['ask_spread', '0.0001'],
    ])
    const prices = created.map(([, price]) => Number(price))
    expect(prices[0]).toBeLessThan(101)
    expect(prices[1]).toBeGreaterThan(99)
  })

  it('places orders anew after the refresh time, around the price as it is then', async () => {
    const { events, feed } = await run([['order_refresh_time', 5]])
    feed.book(199, 201)
    await vi.advanceTimersByTimeAsync(5_000)
    // The ask was filled when the book jumped across it.
    expect(events.slice(2).map(({ type, data }) => [type, data['price']])).toEqual([
      ['OrderFilled', 101],
      ['SellOrderCompleted', undefined],
      ['OrderCancelled', undefined],
      ['BuyOrderCreated', 198],
      ['SellOrderCreated', 202],
    ])
  })

  it('goes on when the clock was set back', async () => {
    const { events } = await run([['order_refresh_time', 5]])
    vi.setSystemTime(Date.now() - 3_600_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(events.slice(2).map(({ type }) => type)).toContain('OrderCancelled')
  })

  it('orders what the balance allows, and says when that is nothing', async () => {
    const { created, logs } = await run(
      [],
      [
        ['BTC', 0.2],
        ['USDT', 0],
      ],
    )
    expect(created).toEqual([['SellOrderCreated', 101, 0.2]])
    expect(logs.filter(({ level }) => level === 40).map(({ msg }) => msg)).toEqual([
      'No BUY order: the balance of USDT is used up.',
    ])
  })

  it('skews amounts towards its inventory target', async () => {
    // 1 BTC of 100 and 1,000 USDT: at a target of 50% it lacks 4.5 BTC, far more than the range of 1 BTC.
    const { created } = await run([['inventory_skew_enabled', 1]])
    expect(created).toEqual([['BuyOrderCreated', 99, 1]])
  })
})

describe('skewRatios', () => {
  it.each([
    ['at the target', 5, '1', '1'],
    ['with half a range too much', 6, '0.5', '1.5'],
    ['with a range too much', 7, '0', '2'],
    ['with far too much', 9, '0', '2'],
    ['with half a range too little', 4, '1.5', '0.5'],
    ['with nothing', 0, '2', '0'],
  ])('%s', (_, base, bid, ask) => {
    // 1,000 in all at a price of 100: the target is 5, the range 2.
    const ratios = skewRatios({
      base: d(base),
      quote: d(1_000 - base * 100),
      price: d(100),
      target: d('0.5'),
      range: d(2),
    })
    expect([ratios.bid.toFixed(), ratios.ask.toFixed()]).toEqual([bid, ask])
  })

  it('does nothing without any balance', () => {
    const none = { base: d(0), quote: d(0), price: d(100), target: d('0.5'), range: d(2) }
    expect(skewRatios(none).bid.toFixed()).toBe('1')
  })
})
