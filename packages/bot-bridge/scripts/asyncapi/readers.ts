import type { z } from 'zod'
import * as lenient from '../../src/contract/lenient.ts'

const NUMBER_TEXT = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?'
const INTEGER_TEXT = '[+-]?[0-9]+(\\.0*)?'
const BOOLEAN_WORDS = ['true', 'false', 'yes', 'no', 'on', 'off', 'y', 'n', 'enabled', 'disabled', '1', '0']

const trimmed = (pattern: string): string => `^\\s*${pattern}\\s*$`
const caseless = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)

/** The description of one reader, under the name that other schemas refer to. */
export type ReaderSchema = z.core.JSONSchema.BaseSchema & { id: string }

/**
 * The lenient readers as JSON Schema. They convert, and zod describes what a conversion takes no further than its
 * first step. `minimum` and `maximum` concern numbers only, `pattern` text only.
 */
export const READERS: ReadonlyMap<z.core.$ZodType, ReaderSchema> = new Map<z.core.$ZodType, ReaderSchema>([
  [
    lenient.number,
    {
      id: 'number',
      description: 'A number, or text that is one.',
      type: ['number', 'string'],
      pattern: trimmed(NUMBER_TEXT),
    },
  ],
  [
    lenient.integer,
    {
      id: 'integer',
      description: 'An integer, or text that is one.',
      type: ['integer', 'string'],
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      pattern: trimmed(INTEGER_TEXT),
    },
  ],
  [
    lenient.anyNumber,
    {
      id: 'anyNumber',
      description:
        'A number, or text that is one. Python peers also write the bare words NaN, Infinity and -Infinity, which ' +
        'are read as the numbers they mean; they are no JSON, so no schema can describe them.',
      type: ['number', 'string'],
      pattern: trimmed(NUMBER_TEXT),
    },
  ],
  [
    lenient.boolean,
    {
      id: 'boolean',
      description: 'A boolean, 0 or 1, or a word that means one, such as "true" or "off".',
      type: ['boolean', 'integer', 'string'],
      minimum: 0,
      maximum: 1,
      pattern: `^(${BOOLEAN_WORDS.map(caseless).join('|')})$`,
    },
  ],
  [lenient.text, { id: 'text', description: 'Text, or null for none.', type: ['string', 'null'] }],
])
