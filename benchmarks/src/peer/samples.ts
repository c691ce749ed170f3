/** Durations in ms, all of them kept. */
export class Samples {
  #values = new Float64Array(32_768)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const values = new Float64Array(this.#values.length * 2)
      values.set(this.#values)
      this.#values = values
    }
    this.#values[this.#count++] = value
  }

  summary(): { p50: number; p99: number; max: number; slow: number } {
    const sorted = this.#values.subarray(0, this.#count).sort()
    const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
    const firstSlow = sorted.findIndex((value) => value >= SLOW)
    return { p50: at(0.5), p99: at(0.99), max: at(1), slow: firstSlow === -1 ? 0 : sorted.length - firstSlow }
  }
}

/** What Nagle's algorithm and delayed acknowledgements cost where they meet is at least 40 ms. */
const SLOW = 35
