/** How many messages the subscriber has reported as received, in all. */
export class Credits {
  #received = 0
  #wake: (() => void) | undefined

  get received(): number {
    return this.#received
  }

  grant(received: number): void {
    this.#received = received
    this.wake()
  }

  wake(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  /** Resolves at the next `grant` or `wake`. For one waiter. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
