/** A bucket of alerts that fills evenly: so many a minute, and as many at once when it is full. */
export class Rate {
  readonly #capacity: number
  #level: number
  #at: number

  constructor(perMinute: number, now: number) {
    this.#capacity = perMinute
    this.#level = perMinute
    this.#at = now
  }

  /** Whether `count` more may come now; they are taken out then. A clock that is set back fills nothing. */
  take(count: number, now: number): boolean {
    const filled = (Math.max(0, now - this.#at) * this.#capacity) / 60_000
    this.#level = Math.min(this.#capacity, this.#level + filled)
    this.#at = now
    if (this.#level < count) return false
    this.#level -= count
    return true
  }
}
