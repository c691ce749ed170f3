import { Decimal, ZERO } from '../exchange/decimal.ts'

export interface Inventory {
  readonly base: Decimal
  readonly quote: Decimal
  readonly price: Decimal
  /** The share of the value that is to be base asset: 0 to 1. */
  readonly target: Decimal
  /** How far the base asset may be from its target, in base asset, until one side gets all. */
  readonly range: Decimal
}

const TWO = new Decimal(2)

/**
 * By what to multiply the amounts of bid and ask: 1 and 1 at the target, 2 and 0 where base asset is short by `range` or
 * more, 0 and 2 where there is too much of it. As in Hummingbot's inventory skew.
 */
export function skewRatios({ base, quote, price, target, range }: Inventory): { bid: Decimal; ask: Decimal } {
  const value = base.times(price).plus(quote)
  if (!value.gt(0) || !range.gt(0)) return { bid: new Decimal(1), ask: new Decimal(1) }
  const wanted = value.times(target).div(price)
  const ask = Decimal.max(ZERO, Decimal.min(TWO, base.minus(wanted).div(range).plus(1)))
  return { bid: TWO.minus(ask), ask }
}
