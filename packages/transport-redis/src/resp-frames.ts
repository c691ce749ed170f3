/*
 * Where a value of RESP3 ends, without reading what is in it
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/#resp-protocol-description).
 */

/** It is not all there yet. Less than any position. */
export const INCOMPLETE = -1
/** It is no RESP3. */
export const MALFORMED = -2

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

/** The position behind the value that begins at `start`, or one of the above. */
export function endOfValue(data: Buffer, start: number): number {
  let position = start
  for (let left = 1; left > 0; left--) {
    if (position >= data.length) return INCOMPLETE
    const kind = KINDS[data[position] as number]
    if (kind === undefined) return MALFORMED
    const line = endOfLine(data, position)
    if (line === INCOMPLETE) return INCOMPLETE
    const size = kind === 'line' ? 0 : readNumber(data, position + 1)
    if (!Number.isSafeInteger(size)) return MALFORMED
    position = line
    if (kind === 'bytes') position += size < 0 ? 0 : size + LENGTH_OF_LINE_END
    else if (size > 0) left += kind === 'pairs' ? 2 * size : size
  }
  return position > data.length ? INCOMPLETE : position
}

/** The position behind the line that goes through `start`, or `INCOMPLETE`. */
function endOfLine(data: Buffer, start: number): number {
  const end = data.indexOf(CR, start)
  return end === -1 || end + LENGTH_OF_LINE_END > data.length ? INCOMPLETE : end + LENGTH_OF_LINE_END
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
