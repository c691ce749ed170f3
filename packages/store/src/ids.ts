import { randomFillSync } from 'node:crypto'

/** Crockford's base 32, whose digits sort as their values do. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const BASE = 32
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16

/**
 * Makes ids of 26 characters: 48 bits of time, then 80 random bits. Each sorts after the one before, also within a millisecond and when
 * the clock is set back: then the time stays, and the random part counts on.
 */
export function createIds(now: () => number = Date.now): () => string {
  const random = new Uint8Array(RANDOM_DIGITS)
  let time = 0
  let prefix = ''

  return () => {
    const current = now()
    if (current > time || !countOn(random)) {
      time = Math.max(current, time + 1)
      prefix = encodeTime(time)
      randomFillSync(random)
      for (let index = 0; index < RANDOM_DIGITS; index++) random[index] = (random[index] ?? 0) % BASE
    }
    let id = prefix
    for (const digit of random) id += DIGITS[digit]
    return id
  }
}

function encodeTime(time: number): string {
  let rest = time
  let text = ''
  for (let index = 0; index < TIME_DIGITS; index++) {
    text = `${DIGITS[rest % BASE]}${text}`
    rest = Math.floor(rest / BASE)
  }
  return text
}

/** False when there is no higher number. */
function countOn(digits: Uint8Array): boolean {
  for (let index = digits.length - 1; index >= 0; index--) {
    const digit = digits[index] ?? 0
    if (digit < BASE - 1) {
      digits[index] = digit + 1
      return true
    }
    digits[index] = 0
  }
  return false
}
