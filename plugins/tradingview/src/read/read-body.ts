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

export type { Dialect, ReadBodyOptions } from './dialect.ts'

/**
 * The alerts of a body, at least one. Whatever the dialect, names are unique, harmless and at most 200, and text stays as it was
 * written. A text dialect inside JSON (`{"text": "ETHUSD|BUY|A"}`) is taken apart as well: its fields join those around it.
 *
 * Throws AlertError UNREADABLE with the reason, or PLACEHOLDER for a `{{placeholder}}` where JSON expects a value. Broken bodies are not repaired.
 */
export function readBody(body: Uint8Array, options: ReadBodyOptions): readonly Fields[] {
  const text = decodeText(body)
  const { dialect, maxBatch = MAX_BATCH, numbers = 'text' } = options
  if (dialect === 'json') return readJson(text, { maxBatch, numbers })
  if (dialect === 'auto' ? sniffDialect(text) === 'json' : text.startsWith('{')) {
    return readJson(text, { maxBatch, numbers }).map((fields) => unwrap(fields, options))
  }
  return readPlain(text, dialect, options)
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
 * A text dialect in the field `text` of an object. With `auto` only pipes are looked for: a `text` is as a rule a sentence for people, with commas in it.
 */
function unwrap(fields: Fields, options: ReadBodyOptions): Fields {
  const { text } = fields.values
  if (typeof text !== 'string') return fields
  const { dialect } = options
  if (dialect === 'auto' && !text.includes('|')) return fields
  const [inner, ...others] = readPlain(text, dialect === 'auto' ? 'pipes' : dialect, options)
  if (inner === undefined || others.length > 0) throw unreadable('the field "text" holds more than one line')
  const clash = Object.keys(inner.values).find((name) => Object.hasOwn(fields.values, name))
  if (clash !== undefined) throw unreadable('a field of the text is there twice: in "text" and beside it')
  return { dialect: inner.dialect, values: { ...fields.values, ...inner.values } }
}
