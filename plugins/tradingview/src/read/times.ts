import { AlertError } from '../alert-error.ts'
import type { Found } from './field-index.ts'

const EPOCH = /^[0-9]{9,20}(?:\.[0-9]{1,9})?$/
const ISO =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?) ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?$/i

/**
 * A moment in milliseconds since 1970, from ISO 8601 (`2026-02-18T14:30:00Z`, what TradingView writes; without a zone
 * it is read as UTC, as TradingView's times are) or from a number since 1970: seconds, milliseconds, microseconds or
 * nanoseconds by its size. Throws INVALID_FIELD for anything else, since an unread time would switch the check of its
 * age off.
 */
export function readTime(found: Found): number {
  const time = EPOCH.test(found.text) ? epoch(Number(found.text)) : iso(found.text)
  if (time !== undefined && Number.isFinite(time)) return time
  throw new AlertError(
    'INVALID_FIELD',
    `${found.name} is ${JSON.stringify(found.text.slice(0, 40))}: neither ISO 8601 nor a number since 1970`,
  )
}

/** Seconds have 10 digits until the year 2286. */
function epoch(value: number): number | undefined {
  if (value < 1e11) return Math.round(value * 1_000)
  if (value < 1e14) return Math.round(value)
  if (value < 1e17) return Math.round(value / 1_000)
  return value < 1e20 ? Math.round(value / 1_000_000) : undefined
}

function iso(text: string): number | undefined {
  const [, date, time, zone = 'Z'] = ISO.exec(text) ?? []
  if (date === undefined || time === undefined) return undefined
  const offset = /^(?:Z|UTC)$/i.test(zone) ? 'Z' : zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  const value = Date.parse(`${date}T${time}${offset}`)
  return Number.isNaN(value) ? undefined : value
}
