import type { JsonObject, JsonValue } from '@botbus/plugin'
import parse from 'secure-json-parse'
import { AlertError } from '../../alert-error.ts'
import type { Fields } from '../../signal.ts'
import { quote, unreadable } from '../unreadable.ts'
import { scanJson } from './scan-json.ts'

export interface JsonOptions {
  readonly maxBatch: number
  readonly numbers: 'text' | 'native'
}

/**
 * Reads an object, an array of objects, or one object a line. The text is walked once before anything is built, see
 * `scanJson`; parsing itself is left to `JSON.parse` (by secure-json-parse).
 */
export function readJson(text: string, options: JsonOptions): readonly Fields[] {
  const batch: Fields[] = []
  let start = 0
  while (start < text.length) {
    assertIsNoScalar(text, start)
    const { end, hasNumbers } = scanJson(text, start, options.maxBatch)
    // The reviver triples the time of parsing: most alerts hold texts only.
    const value = build(text.slice(start, end), hasNumbers && options.numbers === 'text')
    if (Array.isArray(value) && start === 0 && end === text.length) return readBatch(value)
    batch.push({ dialect: 'json', values: asObject(value) })
    if (batch.length > options.maxBatch) throw unreadable(`the batch holds more than ${options.maxBatch} alerts`)
    start = nextLine(text, end)
  }
  return batch
}

/** Where the next object begins, if nothing but white space with a line break lies between. */
function nextLine(text: string, end: number): number {
  if (end === text.length) return end
  const between = /[ \t\r\n]*/y
  between.lastIndex = end
  const gap = between.exec(text)?.[0] ?? ''
  if (text[end + gap.length] !== '{' || !gap.includes('\n')) throw unreadable('there is more text behind the JSON')
  return end + gap.length
}

function readBatch(values: readonly JsonValue[]): readonly Fields[] {
  if (values.length === 0) throw unreadable('the body is an empty list')
  return values.map((value) => ({ dialect: 'json', values: asObject(value) }))
}

function asObject(value: JsonValue): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw unreadable('the batch holds something else than objects')
}

const SCALARS: Readonly<Record<string, string>> = { '"': 'a text', n: 'null', t: 'true', f: 'false' }

function assertIsNoScalar(text: string, start: number): void {
  const first = text[start] ?? ''
  if (first === '{' || first === '[') return
  const kind = SCALARS[first] ?? (/[-0-9]/.test(first) ? 'a number' : 'something else')
  throw unreadable(`the body is ${kind}, not a JSON object`)
}

function build(text: string, isExact: boolean): JsonValue {
  try {
    return (isExact ? parse(text, keepDecimals) : parse(text)) as JsonValue
  } catch (error) {
    // The error of the parser quotes the text, which may hold the secret: it goes no further.
    throw error instanceof AlertError ? error : unreadable('the body is not JSON')
  }
}

/** The third argument is there from Node 21 on; the type of the library does not know it. */
function keepDecimals(name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  if (context?.source === undefined) throw unreadable(`the number ${quote(name)} has no source text`)
  return context.source
}
