/** A seeded generator (sfc32): one seed gives one series, on every machine. */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  constructor(seed: string) {
    for (const character of seed) {
      const code = character.codePointAt(0) ?? 0
      this.#a = Math.imul(this.#a ^ code, 0x9e3779b1) >>> 0
      this.#b = Math.imul(this.#b + code + this.#a, 0x85ebca6b) >>> 0
      this.#c = (this.#c ^ (this.#b >>> 13) ^ code) >>> 0
    }
    for (let round = 0; round < 15; round += 1) this.#next()
  }

  /** From 0 to less than 1. */
  uniform(): number {
    return this.#next() / 2 ** 32
  }

  /** Bell-shaped around 0 with deviation 1, without functions that differ between machines. */
  normal(): number {
    let total = -6
    for (let index = 0; index < 12; index += 1) total += this.uniform()
    return total
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) >>> 0
    return result
  }
}
