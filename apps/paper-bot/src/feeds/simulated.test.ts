import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Decimal } from '../exchange/decimal.ts'
import { parsePair } from '../exchange/trading-pair.ts'
import { simulated } from './simulated.ts'
import { SimulatedMarket } from './simulated-market.ts'

const series = (seed: string, steps = 200): string =>
  JSON.stringify(
    (() => {
      const market = new SimulatedMarket({ seed, startPrice: new Decimal(60_000), volatility: 0.05 })
      return Array.from({ length: steps }, () => market.step())
    })(),
  )

describe('SimulatedMarket', () => {
  it('gives one series for one seed and another for another', () => {
    expect(series('7')).toBe(series('7'))
    expect(series('7')).not.toBe(series('8'))
  })

  it('keeps a sound book: bids fall, asks rise, the best bid is below the best ask, every amount is positive', () => {
    const market = new SimulatedMarket({ seed: '1', startPrice: new Decimal('0.12'), volatility: 1 })
    for (let step = 0; step < 500; step += 1) {
      const { book, trades } = market.step()
      const prices = [...book.bids]
        .reverse()
        .concat(book.asks)
        .map((level) => level.price)
      for (const [index, price] of prices.slice(1).entries()) expect(price.gt(prices[index] ?? 0)).toBe(true)
      for (const { price, amount } of [...book.bids, ...book.asks, ...trades]) {
        expect(price.gt(0) && amount.gt(0)).toBe(true)
        expect(price.mod(market.rules.priceStep).isZero()).toBe(true)
        expect(amount.mod(market.rules.amountStep).isZero()).toBe(true)
      }
    }
  })

  it('moves, and trades on both sides', () => {
    const market = new SimulatedMarket({ seed: '1', startPrice: new Decimal(60_000), volatility: 0.05 })
    const steps = Array.from({ length: 200 }, () => market.step())
    const sides = new Set(steps.flatMap(({ trades }) => trades.map(({ side }) => side)))
    expect(sides).toEqual(new Set(['BUY', 'SELL']))
    expect(new Set(steps.map(({ book }) => book.bids[0]?.price.toFixed())).size).toBeGreaterThan(150)
  })
})

describe('the simulated feed', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('delivers a book at once and one per interval, until it is closed', async () => {
    const books: string[] = []
    const feed = simulated({ interval: 500 }).market(parsePair('BTC-USDT'))
    await feed.open(
      {
        book: ({ bids }) => void books.push(String(bids[0]?.price)),
        trade: () => undefined,
        ended: () => undefined,
        problem: () => undefined,
      },
      new AbortController().signal,
    )
    expect(books).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(books).toHaveLength(5)
    feed.close()
    vi.advanceTimersByTime(2_000)
    expect(books).toHaveLength(5)
  })
})
