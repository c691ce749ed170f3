import { MAX_JSON_DEPTH, MAX_JSON_MEMBERS } from './limits.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

/**
 * Counts depth and members of JSON text in one pass over its bytes, before anything is built from them. What is no JSON at all
 * may pass: the parser refuses it.
 */
export function exceedsJsonLimits(body: Uint8Array): 'depth' | 'members' | undefined {
  let depth = 0
  let members = 0
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index] ?? 0
    if (byte === QUOTE) index = endOfText(body, index + 1)
    else if (OPEN.has(byte)) {
      depth += 1
      members += 1
      if (depth > MAX_JSON_DEPTH) return 'depth'
    } else if (CLOSE.has(byte)) depth -= 1
    else if (byte === COMMA) members += 1
    if (members > MAX_JSON_MEMBERS) return 'members'
  }
  return undefined
}

/** The index of the closing quote, or of the end. */
function endOfText(body: Uint8Array, from: number): number {
  let index = from
  while (index < body.length && body[index] !== QUOTE) index += body[index] === BACKSLASH ? 2 : 1
  return index
}
