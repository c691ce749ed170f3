import type { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
import { decimal } from './decimals.ts'
import type { Found } from './field-index.ts'

type Side = 'long' | 'short' | 'flat'

/** A position, as far as the alert tells it. */
export interface Position {
  readonly side?: Side
  /** Never negative. */
  readonly size?: Decimal
}

const SIDES: Readonly<Record<string, Side>> = {
  long: 'long',
  bullish: 'long',
  short: 'short',
  bearish: 'short',
  flat: 'flat',
}

/**
 * Reads a position from its side (`strategy.market_position`: long, short, flat) and its size, either without a sign
 * (`strategy.market_position_size`) or with one (`strategy.position_size`: negative is short). Throws INVALID_FIELD
 * when they contradict each other, or are none.
 */
export function readPosition(side: Found | undefined, size: Found | undefined): Position {
  const named = side === undefined ? undefined : sideOf(side)
  if (size === undefined) return named === undefined ? {} : { side: named }
  const signed = decimal(size.text)
  if (signed === undefined) throw invalid(size, 'that is no decimal number')
  const value = signed.abs()
  if (value.isZero()) {
    if (side !== undefined && named !== 'flat') throw invalid(size, `but ${side.name} is ${named}`)
    return { side: 'flat', size: value }
  }
  if (side !== undefined && (named === 'flat' || (signed.isNegative() && named === 'long'))) {
    throw invalid(size, `but ${side.name} is ${named}`)
  }
  if (named !== undefined) return { side: named, size: value }
  // Without a side and a sign it may be either.
  return signed.isNegative() ? { side: 'short', size: value } : { size: value }
}

/** Whether a text names the side of a position. */
export function isSide(text: string): boolean {
  return Object.hasOwn(SIDES, text.toLowerCase())
}

function sideOf(found: Found): Side {
  const name = found.text.toLowerCase()
  const side = Object.hasOwn(SIDES, name) ? SIDES[name] : undefined
  if (side === undefined) throw invalid(found, 'neither long nor short nor flat')
  return side
}

function invalid(found: Found, reason: string): AlertError {
  return new AlertError('INVALID_FIELD', `${found.name} is ${JSON.stringify(found.text.slice(0, 40))}: ${reason}`)
}
