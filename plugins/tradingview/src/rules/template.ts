import type { JsonObject, JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import { findMarket } from '../read/symbols.ts'
import type { Signal } from '../signal.ts'
import { CONVERSIONS, type Conversion, convert } from './convert.ts'
import { ACCEPTED_PATHS, compilePath, type Lookup } from './paths.ts'

/** Fills a value of the configuration from a signal. Throws `INVALID_FIELD` for what is missing or of another type. */
export type Fill = (signal: Signal) => JsonValue

/** One `{{path:conversion|default}}`. */
interface Slot {
  readonly path: string
  readonly lookup: Lookup
  readonly conversion: Conversion
  readonly fallback: string | undefined
}

type Part = string | Slot

/** Nothing but names stands in a slot: templates are filled, never run. */
const SLOT = /^\{\{\s*([^\s:|{}][^:|{}]*?)\s*(?::\s*([^\s:|{}]+)\s*)?(?:\|([^{}]*))?\}\}$/
const MAX_DEPTH = 20

/** What is wrong with the templates in a value of the configuration, or undefined. */
export function templateProblem(value: JsonValue, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return `accepted: at most ${MAX_DEPTH} levels of lists and sections`
  if (typeof value === 'string') {
    const parts = parse(value)
    return typeof parts === 'string' ? parts : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') return 'the key "__proto__" is not accepted'
    const problem = templateProblem(inner as JsonValue, depth + 1)
    if (problem !== undefined) return `${key}: ${problem}`
  }
  return undefined
}

/** Whether something in the value is filled in from the alert. */
export function hasSlots(value: JsonValue): boolean {
  if (typeof value === 'string') return value.includes('{{')
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => hasSlots(inner))
}

/** The paths that a text takes from the alert. */
export function pathsIn(text: string): readonly string[] {
  return partsOf(text).flatMap((part) => (typeof part === 'string' ? [] : [part.path]))
}

/**
 * Compiles a value of the configuration. A text that is one template only keeps the type of its value; other texts are joined.
 * Throws a `TypeError` for what `templateProblem` refuses.
 */
export function compileValue(value: JsonValue): Fill {
  if (!hasSlots(value)) return () => value
  if (typeof value === 'string') return compileText(value)
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue) => compileValue(item))
    return (signal) => items.map((item) => item(signal))
  }
  return compileObject(value as JsonObject)
}

/** As `compileValue`, of a section. */
export function compileObject(value: JsonObject): (signal: Signal) => JsonObject {
  if (!hasSlots(value)) return () => value
  const entries = Object.entries(value).map(([key, inner]) => [key, compileValue(inner)] as const)
  return (signal) => {
    const filled: Record<string, JsonValue> = {}
    for (const [key, fill] of entries) filled[key] = fill(signal)
    return filled
  }
}

/** A text whose slots are all filled in as text; `guard` may refuse what is put into it. */
export function compileJoined(text: string, guard?: (value: string, path: string) => void): (signal: Signal) => string {
  const parts = partsOf(text)
  return (signal) => {
    let joined = ''
    for (const part of parts) {
      if (typeof part === 'string') {
        joined += part
        continue
      }
      const value = asText(fillSlot(part, signal), part)
      guard?.(value, part.path)
      joined += value
    }
    return joined
  }
}

function compileText(text: string): Fill {
  const parts = partsOf(text)
  const [only] = parts
  if (parts.length === 1 && typeof only === 'object') return (signal) => fillSlot(only, signal)
  return compileJoined(text)
}

function fillSlot({ path, lookup, conversion, fallback }: Slot, signal: Signal): JsonValue {
  const found = lookup(signal)
  const value = found === undefined || found === null || found === '' ? fallback : found
  if (value === undefined) {
    if (path.startsWith('market.') && signal.ticker !== undefined) throw unknownMarket(signal)
    throw new AlertError('INVALID_FIELD', `the rule needs "${path}", which the alert does not have`)
  }
  const converted = convert(value, conversion)
  if (converted === undefined) {
    throw new AlertError(
      'INVALID_FIELD',
      `"${path}" must be ${conversion === 'integer' ? 'an' : 'a'} ${conversion}, found ${shorten(value)}`,
    )
  }
  return converted
}

/** Why a signal has no market. */
export function unknownMarket(signal: Signal): AlertError {
  const found = findMarket(signal)
  const reason = typeof found === 'string' ? found : `the market of ${shorten(signal.ticker ?? '')} is not known`
  return new AlertError('UNKNOWN_SYMBOL', reason)
}

function asText(value: JsonValue, { path }: Slot): string {
  if (typeof value === 'object') {
    throw new AlertError('INVALID_FIELD', `"${path}" must be one value, found a list or section`)
  }
  return String(value)
}

/** A value for a message. */
export function shorten(value: JsonValue): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a section'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}..."` : text
}

function partsOf(text: string): readonly Part[] {
  const parts = parse(text)
  if (typeof parts === 'string') throw new TypeError(parts)
  return parts
}

/** The parts of a text, or what is wrong with it. */
function parse(text: string): readonly Part[] | string {
  const parts: Part[] = []
  let rest = text
  for (;;) {
    const start = rest.indexOf('{{')
    if (start === -1) return rest === '' ? parts : [...parts, rest]
    const end = rest.indexOf('}}', start)
    if (end === -1)
      return `${JSON.stringify(rest.slice(start))} has no }}; accepted: {{NAME}} or {{NAME:TYPE | DEFAULT}}`
    const slot = parseSlot(rest.slice(start, end + 2))
    if (typeof slot === 'string') return slot
    if (start > 0) parts.push(rest.slice(0, start))
    parts.push(slot)
    rest = rest.slice(end + 2)
  }
}

function parseSlot(text: string): Slot | string {
  const [, path, conversion = 'text', fallback] = SLOT.exec(text) ?? []
  if (path === undefined) return `${text} cannot be read; accepted: {{NAME}} or {{NAME:TYPE | DEFAULT}}`
  const lookup = compilePath(path)
  if (!lookup) return `${text} names what no alert has; accepted: ${ACCEPTED_PATHS}`
  if (!isConversion(conversion)) return `${text} has an unknown type; accepted: ${CONVERSIONS.join(', ')}`
  return { path, lookup, conversion, fallback: fallback?.trim() }
}

function isConversion(name: string): name is Conversion {
  return (CONVERSIONS as readonly string[]).includes(name)
}
