import { Decimal as Base } from 'decimal.js'

/**
 * Decimals of 100 digits: products of prices, amounts and fee rates, of at most `MAX_PLACES` places each, are exact. Holds
 * and balances rely on it: what is released in parts must be what was held.
 */
export const Decimal: typeof Base = Base.clone({ precision: 100, toExpNeg: -40, toExpPos: 60 })
export type Decimal = Base

/** Digits after the point that numbers from outside may have. */
export const MAX_PLACES = 18

export const ZERO: Decimal = new Decimal(0)

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO
  for (const value of values) total = total.plus(value)
  return total
}

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value.div(step).floor().times(step)
}

/** The smallest multiple of `step` that is not below `value`. */
export function ceilTo(value: Decimal, step: Decimal): Decimal {
  return value.div(step).ceil().times(step)
}
