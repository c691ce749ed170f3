import { describe, expect, it } from 'vitest'
import { BTC, book, d, makeExchange } from '../../test/harness.ts'
import type { Side } from './order.ts'

const limit = (side: Side, price: number, amount: number) =>
  ({ pair: BTC, side, type: 'LIMIT', price: d(price), amount: d(amount), owner: 'test' }) as const
const market = (side: Side, amount: number) =>
  ({ pair: BTC, side, type: 'MARKET', amount: d(amount), owner: 'test' }) as const
const text = (value: { toFixed(): string }): string => value.toFixed()

describe('PaperExchange', () => {
  it('fills a resting bid at its own price, part by part, up to the traded amount', () => {
    const { exchange, events } = makeExchange({ USDT: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(limit('BUY', 100, 2))
    exchange.onTrade(BTC, { price: d(99), amount: d('0.5') })
    exchange.onTrade(BTC, { price: d(100), amount: d(5) })
    expect(events.map(({ type }) => type)).toEqual(['created', 'filled', 'filled', 'completed'])
    const fills = events.flatMap((event) => (event.type === 'filled' ? [event.fill] : []))
    expect(fills.map(({ price, amount, role, fee }) => [text(price), text(amount), role, text(fee)])).toEqual([
      ['100', '0.5', 'maker', '0.05'],
      ['100', '1.5', 'maker', '0.15'],
    ])
    expect(text(exchange.account.total('BTC'))).toBe('2')
    expect(text(exchange.account.total('USDT'))).toBe('799.8')
    expect(text(exchange.account.held('USDT'))).toBe('0')
  })

  it('leaves a bid alone when a trade is above it or was made by a buyer', () => {
    const { exchange } = makeExchange({ USDT: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(limit('BUY', 100, 2))
    exchange.onTrade(BTC, { price: d('100.01'), amount: d(5) })
    exchange.onTrade(BTC, { price: d(100), amount: d(5), side: 'BUY' })
    expect(text(exchange.account.total('BTC'))).toBe('0')
  })

  it('serves the better price first, then the older order', () => {
    const { exchange, events } = makeExchange({ BTC: 10 })
    exchange.onBook(BTC, book(99, 101))
    const worse = exchange.place(limit('SELL', 105, 1))
    const older = exchange.place(limit('SELL', 104, 1))
    const newer = exchange.place(limit('SELL', 104, 1))
    exchange.onTrade(BTC, { price: d(106), amount: d('2.5') })
    const filled = events.flatMap((event) => (event.type === 'filled' ? [event.order.id] : []))
    expect(filled).toEqual([older.id, newer.id, worse.id])
    expect(text(worse.filled)).toBe('0.5')
  })

  it('fills a resting order when the book moves across it, at the price of the order', () => {
    const { exchange, events } = makeExchange({ USDT: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(limit('BUY', 98, 1))
    exchange.onBook(BTC, book(95, 97))
    const [fill] = events.flatMap((event) => (event.type === 'filled' ? [event.fill] : []))
    expect(fill && [text(fill.price), fill.role]).toEqual(['98', 'maker'])
  })

  it('lets an order that crosses the book take what is there, and keeps the rest open', () => {
    const { exchange, events } = makeExchange({ USDT: 10_000 })
    exchange.onBook(BTC, book(99, 101))
    const order = exchange.place(limit('BUY', 101, 12))
    const fills = events.flatMap((event) => (event.type === 'filled' ? [event.fill] : []))
    expect(fills.map(({ amount, role, fee }) => [text(amount), role, text(fee)])).toEqual([['10', 'taker', '2.02']])
    expect(exchange.openOrders()).toEqual([order])
    // What is left may still cost the taker's fee at most.
    expect(text(exchange.account.held('USDT'))).toBe('202.404')
  })

  it('walks the book with a market order', () => {
    const { exchange, events } = makeExchange({ USDT: 10_000 })
    exchange.onBook(BTC, book(99, 101))
    const order = exchange.place(market('BUY', 15))
    expect(events.map(({ type }) => type)).toEqual(['created', 'filled', 'filled', 'completed'])
    expect(text(order.filledQuote)).toBe('1520')
    expect(text(exchange.account.total('USDT'))).toBe('8476.96')
    // The book is thinner until the next one comes.
    expect(text(exchange.top(BTC)?.ask ?? d(0))).toBe('102')
  })

  it('cancels what a market order finds no one for', () => {
    const { exchange, events } = makeExchange({ BTC: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    const order = exchange.place(market('SELL', 200))
    expect(events.map(({ type }) => type)).toEqual(['created', 'filled', 'filled', 'cancelled'])
    expect(text(order.filled)).toBe('110')
  })

  it.each([
    ['a bid', limit('BUY', 100, 10)],
    ['a market order to buy', market('BUY', 10)],
    ['an ask', limit('SELL', 100, 1)],
    ['a market order to sell', market('SELL', 1)],
  ])('refuses %s without the balance, and moves nothing', (_, request) => {
    const { exchange, events } = makeExchange({ USDT: 999 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(request)
    expect(events).toMatchObject([{ type: 'failed', reason: 'insufficient_balance' }])
    expect(text(exchange.account.available('USDT'))).toBe('999')
  })

  it.each([
    ['of nothing', limit('BUY', 100, 0)],
    ['at no price', limit('BUY', 0, 1)],
    ['of less than nothing', market('SELL', -1)],
  ])('refuses an order %s', (_, request) => {
    const { exchange, events } = makeExchange({ USDT: 999, BTC: 1 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(request)
    expect(events).toMatchObject([{ type: 'failed', reason: 'invalid' }])
  })

  it('refuses orders while a market has no book', () => {
    const { exchange, events } = makeExchange({ USDT: 999 })
    exchange.place(limit('BUY', 100, 1))
    expect(events).toMatchObject([{ type: 'failed', reason: 'no_market' }])
  })

  it('gives back what a cancelled order held', () => {
    const { exchange } = makeExchange({ USDT: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    const order = exchange.place(limit('BUY', 100, 2))
    exchange.onTrade(BTC, { price: d(100), amount: d(1) })
    expect(text(exchange.account.held('USDT'))).toBe('100.2')
    expect(exchange.cancel(order.id)).toBe(true)
    expect(exchange.cancel(order.id)).toBe(false)
    expect(text(exchange.account.held('USDT'))).toBe('0')
  })

  it('lets listeners place and cancel orders while it tells what happened', () => {
    const { exchange, events } = makeExchange({ USDT: 1_000 })
    exchange.onBook(BTC, book(99, 101))
    exchange.place(limit('BUY', 100, 1))
    const push = events.push.bind(events)
    events.push = (...added) => {
      if (added[0]?.type === 'completed' && added[0].order.side === 'BUY') exchange.place(limit('SELL', 110, 1))
      return push(...added)
    }
    exchange.onTrade(BTC, { price: d(100), amount: d(1) })
    expect(events.map(({ type, order }) => `${type} ${order.side}`)).toEqual([
      'created BUY',
      'filled BUY',
      'completed BUY',
      'created SELL',
    ])
  })
})

describe('balance limits', () => {
  it('cap what orders may use, open ones and what was spent included', () => {
    const { exchange, events } = makeExchange({ USDT: 1_000 })
    exchange.limits.set('USDT', d(250))
    exchange.onBook(BTC, book(99, 101))
    exchange.place(limit('BUY', 100, 1))
    expect(text(exchange.spendable('USDT'))).toBe('149.8')
    exchange.onTrade(BTC, { price: d(100), amount: d(1) })
    expect(text(exchange.spendable('USDT'))).toBe('149.9')
    exchange.place(limit('BUY', 100, 2))
    expect(events.at(-1)).toMatchObject({ type: 'failed', reason: 'insufficient_balance' })
  })

  it('grow by what is earned, and begin anew with a run', () => {
    const { exchange } = makeExchange({ USDT: 1_000, BTC: 1 })
    exchange.limits.set('USDT', d(100))
    exchange.onBook(BTC, book(99, 101))
    exchange.place(market('SELL', 1))
    expect(text(exchange.spendable('USDT'))).toBe('198.802')
    exchange.limits.reset()
    expect(text(exchange.spendable('USDT'))).toBe('100')
    exchange.limits.remove('USDT')
    expect(text(exchange.spendable('USDT'))).toBe('1098.802')
  })
})
