import { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
import type { Amount } from '../signal.ts'
import type { Found } from './field-index.ts'

/** Wide enough for exact sums of what `decimal` accepts. */
const Exact = Decimal.clone({ precision: 200 })

const PLAIN = /^(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{0,29}[1-9])?$/
const DECIMAL = /^[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?$/
const MAX_EXPONENT = 40

/** A decimal number, exact; `undefined` for anything else (`NaN`, `1,5`, `0x10`, more than 40 places). */
export function decimal(text: string): Decimal | undefined {
  if (!DECIMAL.test(text)) return undefined
  const value = new Exact(text)
  return Math.abs(value.e) > MAX_EXPONENT ? undefined : value
}

/** Plain notation, without exponent and superfluous zeros: `1e-8` is `0.00000001`, `+0.90` is `0.9`. */
export function positiveDecimal(text: string): string | undefined {
  if (PLAIN.test(text)) return text === '0' ? undefined : text
  const value = decimal(text)
  return value === undefined || !value.isPositive() || value.isZero() ? undefined : value.toFixed()
}

/**
 * An amount: a positive decimal, where `50%` is a percentage. Throws INVALID_FIELD for anything else. A negative one is
 * refused as well: the side of an order stands in its action, and TradingView's contracts have no sign
 * (`strategy.position_size` has one, and is no amount).
 */
export function readAmount(found: Found, unit: Amount['unit']): Amount {
  const isPercent = found.text.endsWith('%')
  const text = isPercent ? found.text.slice(0, -1).trimEnd() : found.text
  const value = positiveDecimal(text)
  if (value !== undefined) return { value, unit: isPercent ? 'percent' : unit }
  const shown = JSON.stringify(found.text.slice(0, 40))
  if (/^-?(?:nan|na)$/i.test(text)) {
    throw new AlertError('INVALID_FIELD', `${found.name} is ${shown}: TradingView had no value for it`)
  }
  if (decimal(text) !== undefined) {
    throw new AlertError(
      'INVALID_FIELD',
      `${found.name} is ${shown}: an amount must be more than 0; the side belongs into the action`,
    )
  }
  throw new AlertError('INVALID_FIELD', `${found.name} is ${shown}: that is no decimal number`)
}
