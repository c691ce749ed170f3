import { randomFillSync } from 'node:crypto'

const BYTES = 16
const drawn = Buffer.allocUnsafeSlow(256 * BYTES)
let next = drawn.length

/** 128 random bits as 32 hexadecimal digits. Drawn from the system many at a time: each on its own costs as much as the rest of a call. */
export function randomId(): string {
  if (next === drawn.length) {
    randomFillSync(drawn)
    next = 0
  }
  const start = next
  next += BYTES
  return drawn.toString('hex', start, next)
}
