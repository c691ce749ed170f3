import { Decimal } from './decimal.ts'
import type { FeeRates, Order } from './order.ts'
import type { Level } from './order-book.ts'

/** What a new order needs: the quote asset to buy, the base asset to sell. */
export function heldAsset(order: Order): string {
  return order.side === 'BUY' ? order.pair.quote : order.pair.base
}

/** What an open limit order holds for `amount` of it. */
export function heldFor(order: Order, amount: Decimal): Decimal {
  return order.side === 'BUY' && order.price ? amount.times(unitCost(order.price, order.rates)) : amount
}

/** The most that one unit can cost at that price, fee included. */
export function unitCost(price: Decimal, rates: FeeRates): Decimal {
  return price.times(Decimal.max(rates.maker, rates.taker).plus(1))
}

/** What a taker pays for that part of the book. */
export function costOf(part: Level, feeRate: Decimal): Decimal {
  return part.price.times(part.amount).times(feeRate.plus(1))
}
