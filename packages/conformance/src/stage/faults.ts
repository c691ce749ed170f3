import type { ConformanceBroker } from '../subject.ts'

type Skip = (reason: string) => never

/** What a test does to its broker, undone when it ends. Ends the test with a reason where the broker cannot do it. */
export class Faults {
  readonly #broker: ConformanceBroker
  readonly #skip: Skip
  #isDown = false
  #isFrozen = false

  constructor(broker: ConformanceBroker, skip: Skip) {
    this.#broker = broker
    this.#skip = skip
  }

  async kill(): Promise<void> {
    if (!this.#broker.kill || !this.#broker.start) this.#skip('this broker cannot be killed and started again')
    this.#isDown = true
    await this.#broker.kill()
  }

  async start(): Promise<void> {
    await this.#broker.start?.()
    this.#isDown = false
  }

  freeze(): void {
    if (!this.#broker.freeze || !this.#broker.thaw) this.#skip('this broker cannot be frozen')
    this.#isFrozen = true
    this.#broker.freeze()
  }

  thaw(): void {
    this.#broker.thaw?.()
    this.#isFrozen = false
  }

  /** As it was before. */
  async undo(): Promise<void> {
    if (this.#isFrozen) this.thaw()
    if (this.#isDown) await this.start()
  }
}
