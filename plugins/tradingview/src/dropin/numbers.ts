import type { JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** A number, or a text that is one: `"-0.5"`. */
export function toNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !NUMBER.test(value.trim())) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

export function toInteger(value: JsonValue | undefined): number | undefined {
  const number = toNumber(value)
  return Number.isSafeInteger(number) ? number : undefined
}

/** Until 5138 seconds are fewer than this, and since 1973 milliseconds are more. */
const FEWEST_MILLISECONDS = 1e11

/** A time as seconds, milliseconds or ISO 8601 text, in milliseconds since 1970. Throws `INVALID_FIELD` for another text. */
export function toMilliseconds(value: JsonValue | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const number = toNumber(value)
  const isIso = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)
  const time = number === undefined ? (isIso ? Date.parse(value) : Number.NaN) : inMilliseconds(number)
  if (Number.isSafeInteger(Math.trunc(time))) return Math.trunc(time)
  throw new AlertError('INVALID_FIELD', 'the field "timestamp" or "sequence" is neither a number nor an ISO 8601 time')
}

function inMilliseconds(number: number): number {
  return Math.abs(number) < FEWEST_MILLISECONDS ? number * 1_000 : number
}
