const FIRST = 100
const LONGEST = 30_000
/** A link that was up that long, in ms, was a good one: the next loss starts over. */
const STABLE = 10_000

/** Delays between attempts: 100 ms, then doubled up to 30 s, each shortened by up to a half so that not all clients return at once. */
export class Backoff {
  #attempts = 0
  #shortLived = 0

  /** Call it when a link was lost that had been up for `uptime` ms. Returns how many in a row were lost soon. */
  lost(uptime: number): number {
    if (uptime >= STABLE) {
      this.#attempts = 0
      this.#shortLived = 0
    } else this.#shortLived++
    return this.#shortLived
  }

  /** Milliseconds until the next attempt. */
  next(): number {
    return Math.min(FIRST * 2 ** this.#attempts++, LONGEST) * (0.5 + Math.random() / 2)
  }
}
