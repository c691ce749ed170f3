import type { JsonValue } from '@botbus/plugin'

/**
 * What a template makes of the text it finds: `text` as it was received, `number` and `integer` of JSON (a number holds about 15 digits: leave
 * money as text), `boolean`, `time` as ISO 8601 in UTC.
 */
export const CONVERSIONS = ['text', 'number', 'integer', 'boolean', 'time'] as const

export type Conversion = (typeof CONVERSIONS)[number]

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i

/** A decimal as text, or undefined for what is none: `NaN`, `n/a`, empty text. */
export function decimalText(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return undefined
  const trimmed = text.trim()
  return trimmed.length <= 100 && DECIMAL.test(trimmed) ? trimmed : undefined
}

const TRUE = new Set(['true', 'yes', 'on', '1'])
const FALSE = new Set(['false', 'no', 'off', '0'])

/** `true`, `yes`, `on`, 1 and their opposites, in any case; else undefined. */
export function readBoolean(value: JsonValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'number' ? String(value) : value
  if (typeof word !== 'string') return undefined
  const lower = word.trim().toLowerCase()
  return TRUE.has(lower) || (FALSE.has(lower) ? false : undefined)
}

/** The value in the wanted type, or undefined where it is none of it. A list or section stays what it is as text. */
export function convert(value: JsonValue, to: Conversion): JsonValue | undefined {
  if (to === 'text') return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (to === 'boolean') return readBoolean(value)
  if (to === 'time') return readTime(value)
  const text = decimalText(value)
  if (text === undefined) return undefined
  const number = Number(text)
  return (to === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)) ? number : undefined
}

/** ISO 8601 in UTC, from seconds or milliseconds since 1970 or from a text that has a date. */
function readTime(value: JsonValue): string | undefined {
  const text = decimalText(value)
  const time = text === undefined ? dateOf(value) : Number(text) * (Math.abs(Number(text)) < 1e11 ? 1_000 : 1)
  return time !== undefined && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : undefined
}

function dateOf(value: JsonValue): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(value.trim())) {
    return undefined
  }
  const text = value.trim().replace(' ', 'T')
  const time = Date.parse(/T/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : time
}
