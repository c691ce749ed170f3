/*
 * Where a value of RESP3 ends, without reading what is in it
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/#resp-protocol-description).
 */

/** It is no RESP3, or longer than Redis sends. Less than any position. */
export const MALFORMED = -1
/** Bytes: `proto-max-bulk-len` of a Redis that nobody has configured. */
export const LONGEST_TEXT: number = 512 * 1024 * 1024

/** Bytes: numbers and what Redis says of an error. */
const LONGEST_LINE = 64 * 1024
const CR = 0x0d
const MINUS = 0x2d
const ZERO = 0x30
const LENGTH_OF_LINE_END = 2

/** By the first byte of a value: how it goes on. */
const KINDS: Readonly<Record<number, 'line' | 'bytes' | 'values' | 'pairs'>> = Object.fromEntries([
  ...[...'+-:_#,('].map((type) => [type.charCodeAt(0), 'line'] as const),
  ...[...'$!='].map((type) => [type.charCodeAt(0), 'bytes'] as const),
  ...[...'*~>'].map((type) => [type.charCodeAt(0), 'values'] as const),
  ...[...'%|'].map((type) => [type.charCodeAt(0), 'pairs'] as const),
])

/**
 * The position behind the value that begins at `start`, or `MALFORMED`. When it is not all there, the least that this position can be, which
 * is behind the data: whoever waits until then need not look in vain at each piece of a long value.
 */
export function endOfValue(data: Buffer, start: number): number {
  let position = start
  for (let left = 1; left > 0; left--) {
    if (position >= data.length) return position + 1
    const kind = KINDS[data[position] as number]
    if (kind === undefined) return MALFORMED
    const line = endOfLine(data, position)
    if (line === MALFORMED || line > data.length) return line
    const size = kind === 'line' ? 0 : readNumber(data, position + 1)
    if (!Number.isSafeInteger(size) || (kind === 'bytes' && size > LONGEST_TEXT)) return MALFORMED
    position = line
    if (kind === 'bytes') position += size < 0 ? 0 : size + LENGTH_OF_LINE_END
    else if (size > 0) left += kind === 'pairs' ? 2 * size : size
  }
  return position
}

/** The same for the line that goes through `start`. */
function endOfLine(data: Buffer, start: number): number {
  const end = data.indexOf(CR, start)
  if (end !== -1) return end + LENGTH_OF_LINE_END
  return data.length - start > LONGEST_LINE ? MALFORMED : data.length + 1
}

/** The number that begins at `start` and goes to the end of its line, which is there. NaN for anything else. */
function readNumber(data: Buffer, start: number): number {
  const isNegative = data[start] === MINUS
  let number = 0
  for (let at = isNegative ? start + 1 : start; ; at++) {
    const byte = data[at] as number
    if (byte === CR) return isNegative ? -number : number
    const digit = byte - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = 10 * number + digit
  }
}
