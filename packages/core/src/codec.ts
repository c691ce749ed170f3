import secureJson from 'secure-json-parse'
import { BotbusError, messageOf } from './errors.ts'

/** What a payload may hold at most. Anything beyond is refused with `INVALID_PAYLOAD`. */
export interface CodecLimits {
  /** Bytes of a payload, in and out. */
  readonly maxBytes: number
  /** How deep arrays and objects may nest. */
  readonly maxDepth: number
  /** Keys of all objects of one payload together. */
  readonly maxKeys: number
  /** Values of all arrays and objects of one payload together: a schema may have something to say of each. */
  readonly maxValues: number
}

export const DEFAULT_LIMITS: CodecLimits = {
  maxBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxKeys: 200_000,
  maxValues: 200_000,
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * JSON text of a value, by the rules of `JSON.stringify`: inside of arrays and objects `NaN` becomes `null` and functions
 * are left out. Refuses cycles, bigint, a bare function or `undefined`, and what is over the size limit.
 */
export function encodeJson(value: unknown, limits: CodecLimits): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new BotbusError('INVALID_PAYLOAD', `cannot be written as JSON: ${messageOf(cause)}`, { cause })
  }
  if (text === undefined) throw new BotbusError('INVALID_PAYLOAD', `a ${typeof value} cannot be written as JSON`)
  assertFits(text, limits)
  return text
}

/**
 * The value of a JSON payload; no bytes at all are `undefined`. Bare `NaN`, `Infinity` and `-Infinity`, which Python writes,
 * are read as the numbers they mean. `__proto__` and `constructor.prototype` keys are refused.
 */
export function decodeJson(payload: Uint8Array, limits: CodecLimits): unknown {
  if (payload.byteLength === 0) return undefined
  assertSize(payload.byteLength, limits)
  let text: string
  try {
    text = utf8.decode(payload)
  } catch (cause) {
    throw new BotbusError('INVALID_PAYLOAD', 'not valid UTF-8', { cause })
  }
  assertStructure(text, limits)
  try {
    return secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    if (!/NaN|Infinity/.test(text)) throw notJson(cause)
  }
  return decodeTolerantly(text)
}

/** Throws `INVALID_PAYLOAD` when a payload is over the size limit. */
export function assertFits(payload: string, limits: CodecLimits): void {
  if (payload.length * 3 > limits.maxBytes) assertSize(Buffer.byteLength(payload), limits)
}

function assertSize(bytes: number, limits: CodecLimits): void {
  if (bytes > limits.maxBytes) {
    throw new BotbusError('INVALID_PAYLOAD', `${bytes} bytes are over the limit of ${limits.maxBytes}`)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const COMMA = 0x2c
const BRACKETS = ['{', '[']

/** Counts depth, keys and values before anything is parsed, so that a hostile payload costs one scan and no memory. */
function assertStructure(text: string, limits: CodecLimits): void {
  if (isObviouslySmall(text, limits)) return
  let depth = 0
  let keys = 0
  let values = 1
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === QUOTE) {
      i = endOfString(text, i)
    } else if (char === 0x7b || char === 0x5b) {
      if (++depth > limits.maxDepth)
        throw new BotbusError('INVALID_PAYLOAD', `nested deeper than ${limits.maxDepth} levels`)
    } else if (char === 0x7d || char === 0x5d) {
      depth--
    } else if (char === COLON && ++keys > limits.maxKeys) {
      throw new BotbusError('INVALID_PAYLOAD', `more than ${limits.maxKeys} keys`)
    } else if (char === COMMA && ++values > limits.maxValues) {
      throw new BotbusError('INVALID_PAYLOAD', `more than ${limits.maxValues} values`)
    }
  }
}

/** Most payloads are so short, or have so few brackets, that no limit can be passed. */
function isObviouslySmall(text: string, { maxDepth, maxKeys, maxValues }: CodecLimits): boolean {
  if (text.length > maxKeys || text.length > maxValues) return false
  let brackets = 0
  for (const bracket of BRACKETS) {
    for (let i = text.indexOf(bracket); i !== -1; i = text.indexOf(bracket, i + 1)) {
      if (++brackets > maxDepth) return false
    }
  }
  return true
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

const MARK = '\u0000botbus:'
const NUMBERS = new Map<string, number>([
  [`${MARK}NaN`, Number.NaN],
  [`${MARK}Infinity`, Number.POSITIVE_INFINITY],
  [`${MARK}-Infinity`, Number.NEGATIVE_INFINITY],
])

/** Not a key, not a part of a longer word. */
const NUMBER_WORD = /(?:NaN|-?Infinity)(?![\w$])(?!\s*:)/y

function decodeTolerantly(text: string): unknown {
  const marked = markNumberWords(text)
  try {
    return secureJson.parse(
      marked,
      (_, value: unknown) => (typeof value === 'string' ? (NUMBERS.get(value) ?? value) : value),
      { protoAction: 'error', constructorAction: 'error' },
    )
  } catch (cause) {
    throw notJson(cause)
  }
}

/** Puts a string in the place of each bare number word. One pass, so that no payload can make it slow. */
function markNumberWords(text: string): string {
  const parts: string[] = []
  let copied = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') {
      i = endOfString(text, i)
    } else if (char === 'N' || char === 'I' || char === '-') {
      NUMBER_WORD.lastIndex = i
      const word = NUMBER_WORD.exec(text)?.[0]
      if (word === undefined) continue
      parts.push(text.slice(copied, i), JSON.stringify(MARK + word))
      copied = i + word.length
      i = copied - 1
    }
  }
  return parts.join('') + text.slice(copied)
}

function notJson(cause: unknown): BotbusError {
  return new BotbusError('INVALID_PAYLOAD', `not valid JSON: ${messageOf(cause)}`, { cause })
}
