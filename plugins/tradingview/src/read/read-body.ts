import type { Fields } from '../signal.ts'
import { decodeText } from './decode-text.ts'
import { type Dialect, MAX_BATCH, type ReadBodyOptions } from './dialect.ts'
import { readCsv } from './dialects/csv.ts'
import { readJson } from './dialects/json.ts'
import { readKeyValue } from './dialects/key-value.ts'
import { readPipes } from './dialects/pipes.ts'
import { readRegex } from './dialects/regex.ts'
import { readText } from './dialects/text.ts'
import { sniffDialect } from './sniff-dialect.ts'
import { unreadable } from './unreadable.ts'

export type { ReadBodyOptions } from './dialect.ts'

/**
 * The alerts of a body, at least one. Whatever the dialect, names are unique, harmless and at most 200, and text stays
 * as it was written. A text dialect inside JSON (`{"text": "ETHUSD|BUY|A"}`) is taken apart as well: its fields take
 * the place of `text`.
 *
 * Throws AlertError UNREADABLE with the reason, or PLACEHOLDER for a `{{placeholder}}` where JSON expects a value.
 * Broken bodies are not repaired.
 */
export function readBody(body: Uint8Array, options: ReadBodyOptions): readonly Fields[] {
  const text = decodeText(body)
  const { dialect } = options
  if (dialect === 'json' || (dialect === 'auto' && sniffDialect(text) === 'json')) {
    const alerts = json(text, options)
    return dialect === 'json' ? alerts : alerts.map((fields) => unwrap(fields, options) ?? fields)
  }
  return (dialect === 'auto' ? undefined : unwrapped(text, options)) ?? readPlain(text, dialect, options)
}

function json(text: string, { maxBatch = MAX_BATCH, numbers = 'text' }: ReadBodyOptions): readonly Fields[] {
  return readJson(text, { maxBatch, numbers })
}

/** The text inside JSON, on a route whose dialect is a text one. */
function unwrapped(text: string, options: ReadBodyOptions): readonly Fields[] | undefined {
  if (!text.startsWith('{')) return undefined
  let alerts: readonly Fields[]
  try {
    alerts = json(text, options)
  } catch {
    // It merely begins like JSON: the route's own dialect decides.
    return undefined
  }
  const found = alerts.map((fields) => unwrap(fields, options))
  return found.every((fields) => fields !== undefined) ? found : undefined
}

function readPlain(text: string, dialect: Dialect, options: ReadBodyOptions): readonly Fields[] {
  const { columns, maxBatch = MAX_BATCH } = options
  if (typeof dialect === 'object') return readRegex(text, dialect)
  switch (dialect === 'auto' ? sniffDialect(text) : dialect) {
    case 'key-value':
      return readKeyValue(text)
    case 'csv':
      return readCsv(text, columns, maxBatch)
    case 'pipes':
      return readPipes(text, columns, maxBatch)
    case 'text':
      return readText(text)
    default:
      throw unreadable('the text is in no known dialect: neither JSON, nor name=value, nor cells between commas or |')
  }
}

/**
 * A text dialect in the field `text` of an object. With `auto` only pipes are looked for: a `text` is as a rule a
 * sentence for people, with commas in it.
 */
function unwrap(fields: Fields, options: ReadBodyOptions): Fields | undefined {
  const { text, ...others } = fields.values
  if (typeof text !== 'string') return undefined
  const { dialect } = options
  if (dialect === 'auto' && !text.includes('|')) return undefined
  const [inner, ...more] = readPlain(text, dialect === 'auto' ? 'pipes' : dialect, options)
  if (inner === undefined || more.length > 0) throw unreadable('the field "text" holds more than one line')
  const clash = Object.keys(inner.values).find((name) => Object.hasOwn(others, name))
  if (clash !== undefined) throw unreadable('a field of the text is there twice: in "text" and beside it')
  return { dialect: inner.dialect, values: { ...others, ...inner.values } }
}
