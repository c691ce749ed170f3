import type { Rate } from './limits.ts'

interface Bucket {
  tokens: number
  at: number
}

const MAX_KEYS = 10_000

/** One token bucket per key, of bounded memory: beyond 10,000 keys the one that was used longest ago starts anew. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #rate: Rate
  readonly #now: () => number

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate
    this.#now = now
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one, if there is one. */
  take(key: string): boolean {
    const bucket = this.#refill(key)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** Gives one back that was taken. */
  giveBack(key: string): void {
    const bucket = this.#buckets.get(key)
    if (bucket !== undefined) bucket.tokens = Math.min(this.#rate.burst, bucket.tokens + 1)
  }

  /** Seconds until there is one, for `Retry-After`. */
  retryAfter(key: string): number {
    const missing = 1 - this.#refill(key).tokens
    return Math.max(1, Math.ceil((missing * this.#rate.every) / 1_000))
  }

  #refill(key: string): Bucket {
    const now = this.#now()
    const known = this.#buckets.get(key)
    if (known === undefined) {
      const bucket = { tokens: this.#rate.burst, at: now }
      if (this.#buckets.size >= MAX_KEYS) this.#dropOldest()
      this.#buckets.set(key, bucket)
      return bucket
    }
    const earned = Math.max(0, now - known.at) / this.#rate.every
    known.tokens = Math.min(this.#rate.burst, known.tokens + earned)
    known.at = now
    // The order of the map is the order of use.
    this.#buckets.delete(key)
    this.#buckets.set(key, known)
    return known
  }

  #dropOldest(): void {
    const oldest = this.#buckets.keys().next()
    if (!oldest.done) this.#buckets.delete(oldest.value)
  }
}
