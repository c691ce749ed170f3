/** What is to be closed, last opened first. */
export class Closing {
  readonly #steps: (() => Promise<unknown>)[] = []
  readonly #onError: (error: unknown) => void
  #closed: Promise<void> | undefined

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step)
  }

  /** What one step rejects with is told, and the others follow. Later calls return the first one's promise. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      try {
        await step()
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
