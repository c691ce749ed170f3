import { Decimal as Base } from 'decimal.js'

/** Decimals of 60 digits: products of prices, amounts and fee rates are exact. */
export const Decimal: typeof Base = Base.clone({ precision: 60, toExpNeg: -40, toExpPos: 60 })
export type Decimal = Base

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
