import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BTC, d, makeExchange } from '../../test/harness.ts'
import { type Decimal, ZERO } from './decimal.ts'
import { heldFor } from './holds.ts'
import { type ExchangeEvent, remaining, type Side } from './order.ts'
import { PaperExchange } from './paper-exchange.ts'

type Step =
  | { kind: 'book'; mid: number; spread: number; amount: number }
  | { kind: 'trade'; price: number; amount: number; side: Side | undefined }
  | { kind: 'limit'; side: Side; price: number; amount: number }
  | { kind: 'market'; side: Side; amount: number }
  | { kind: 'cancel'; index: number }

const side = fc.constantFrom<Side>('BUY', 'SELL')
const price = fc.integer({ min: 80, max: 120 })
/** Thousandths, so that amounts have digits after the point. */
const amount = fc.integer({ min: 1, max: 20_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('book' as const), mid: price, spread: fc.integer({ min: 1, max: 5 }), amount }),
  fc.record({ kind: fc.constant('trade' as const), price, amount, side: fc.option(side, { nil: undefined }) }),
  fc.record({ kind: fc.constant('limit' as const), side, price, amount }),
  fc.record({ kind: fc.constant('market' as const), side, amount }),
  fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(10) }),
)
const START = { BTC: 20, USDT: 2_000 }

function apply(exchange: PaperExchange, step: Step): void {
  const thousandths = (value: number): Decimal => d(value).div(1_000)
  if (step.kind === 'book') {
    const level = (price: number) => [{ price: d(price), amount: thousandths(step.amount) }]
    exchange.onBook(BTC, { bids: level(step.mid - step.spread), asks: level(step.mid + step.spread) })
  } else if (step.kind === 'trade') {
    const trade = { price: d(step.price), amount: thousandths(step.amount) }
    exchange.onTrade(BTC, step.side ? { ...trade, side: step.side } : trade)
  } else if (step.kind === 'cancel') {
    exchange.cancel(exchange.openOrders()[step.index]?.id ?? '')
  } else {
    const order = { pair: BTC, side: step.side, amount: thousandths(step.amount), owner: 'test' }
    exchange.place(
      step.kind === 'limit' ? { ...order, type: 'LIMIT', price: d(step.price) } : { ...order, type: 'MARKET' },
    )
  }
}

function expectSound(exchange: PaperExchange, events: readonly ExchangeEvent[]): void {
  let [btc, usdt] = [d(START.BTC), d(START.USDT)]
  for (const event of events) {
    if (event.type !== 'filled') continue
    const { order, price, amount, fee } = event.fill
    expect(order.filled.lte(order.amount)).toBe(true)
    if (order.price) expect(order.side === 'BUY' ? price.lte(order.price) : price.gte(order.price)).toBe(true)
    const value = price.times(amount)
    btc = order.side === 'BUY' ? btc.plus(amount) : btc.minus(amount)
    usdt = order.side === 'BUY' ? usdt.minus(value).minus(fee) : usdt.plus(value).minus(fee)
  }
  const { account } = exchange
  // Money is conserved: balances are what the fills say, to the last digit.
  expect([account.total('BTC').toFixed(), account.total('USDT').toFixed()]).toEqual([btc.toFixed(), usdt.toFixed()])
  for (const [asset, ownSide] of [
    ['BTC', 'SELL'],
    ['USDT', 'BUY'],
  ] as const) {
    expect(account.available(asset).gte(0)).toBe(true)
    const held = exchange
      .openOrders()
      .filter((order) => order.side === ownSide)
      .reduce((total, order) => total.plus(heldFor(order, remaining(order))), ZERO)
    expect(account.held(asset).toFixed()).toBe(held.toFixed())
  }
}

describe('PaperExchange, whatever happens', () => {
  it('never lets a balance go below 0, loses no money but fees, and fills no order beyond its amount', () => {
    let fills = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
        const { exchange, events } = makeExchange(START)
        apply(exchange, { kind: 'book', mid: 100, spread: 2, amount: 5_000 })
        for (const each of steps) {
          apply(exchange, each)
          expectSound(exchange, events)
        }
        fills += events.filter(({ type }) => type === 'filled').length
      }),
      { numRuns: 200 },
    )
    // The property is about fills: without any it would say nothing.
    expect(fills).toBeGreaterThan(200)
  })

  it('fills no more than was traded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(side, price, amount), { maxLength: 10 }),
        price,
        amount,
        (orders, tradePrice, traded) => {
          const { exchange, events } = makeExchange({ BTC: 1_000, USDT: 1_000_000 })
          exchange.onBook(BTC, { bids: [{ price: d(1), amount: d(1) }], asks: [{ price: d(1_000), amount: d(1) }] })
          for (const [own, at, much] of orders) apply(exchange, { kind: 'limit', side: own, price: at, amount: much })
          apply(exchange, { kind: 'trade', price: tradePrice, amount: traded, side: undefined })
          const filled = events.reduce(
            (total, event) => (event.type === 'filled' ? total.plus(event.fill.amount) : total),
            ZERO,
          )
          expect(filled.lte(d(traded).div(1_000))).toBe(true)
        },
      ),
    )
  })

  it('releases what it held to the last digit, whatever the digits of prices, amounts and fees', () => {
    const digits = (places: number) =>
      fc.bigInt({ min: 1n, max: 10n ** BigInt(places) - 1n }).map((value) => d(`${value}e-${places}`))
    fc.assert(
      fc.property(
        digits(18),
        digits(18),
        digits(20),
        fc.array(digits(20), { minLength: 5, maxLength: 20 }),
        (...given) => {
          const [rate, price, wanted, parts] = given
          const exchange = new PaperExchange({
            name: 'binance',
            fees: () => ({ maker: rate.div(100), taker: rate.div(100) }),
            nextId: () => 'x',
            now: () => 0,
            listener: () => undefined,
          })
          exchange.account.set('USDT', d(1_000_000))
          exchange.onBook(BTC, { bids: [{ price: d('1e-18'), amount: d(1) }], asks: [{ price: d(1e6), amount: d(1) }] })
          const order = { pair: BTC, side: 'BUY', type: 'LIMIT', owner: 'test' } as const
          exchange.place({ ...order, price: price.plus(90_000), amount: wanted.plus(1) })
          for (const part of [...parts, d(100)]) exchange.onTrade(BTC, { price: d(1), amount: part })
          expect(exchange.openOrders()).toEqual([])
          expect(exchange.account.held('USDT').toFixed()).toBe('0')
        },
      ),
    )
  })
})
