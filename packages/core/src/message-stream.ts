import type { Message, MessageListener, Subscription } from './subscription.ts'

/** Where a stream takes its messages from. */
export interface MessageSource<Data> {
  open(listener: MessageListener<Data>, onClose: () => void): Promise<Subscription>
  onOverflow(topic: string): void
}

/**
 * Messages of a subscription as an async iterator. It subscribes at once, not at the first `next()`:
 * await `ready` to be sure that nothing published later is missed. Leaving the loop, aborting the
 * signal or closing the bus ends it, without an error.
 */
export class MessageStream<Data = unknown> implements AsyncIterableIterator<Message<Data>> {
  /** Resolves when the broker has acknowledged the subscription. */
  readonly ready: Promise<void>
  readonly #capacity: number
  readonly #onOverflow: (topic: string) => void
  #buffer: Message<Data>[] = []
  #waiting: ((result: IteratorResult<Message<Data>>) => void)[] = []
  #subscription: Subscription | undefined
  #isDone = false
  #dropped = 0

  constructor(capacity: number, source: MessageSource<Data>) {
    this.#capacity = capacity
    this.#onOverflow = source.onOverflow
    this.ready = source
      .open(
        (message) => this.#push(message),
        () => this.#end(),
      )
      .then((subscription) => {
        this.#subscription = subscription
        if (this.#isDone) return subscription.close()
        return undefined
      })
    // Whoever iterates sees the rejection in next(); whoever does not must not crash on it.
    this.ready.catch(() => this.#end())
  }

  /** How many messages were dropped because nobody read them in time (the oldest go first). */
  get dropped(): number {
    return this.#dropped + (this.#subscription?.dropped ?? 0)
  }

  async next(): Promise<IteratorResult<Message<Data>>> {
    const message = this.#buffer.shift()
    if (message) return { done: false, value: message }
    await this.ready
    const late = this.#buffer.shift()
    if (late) return { done: false, value: late }
    if (this.#isDone) return { done: true, value: undefined }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async return(): Promise<IteratorResult<Message<Data>>> {
    await this.close()
    return { done: true, value: undefined }
  }

  async close(): Promise<void> {
    this.#buffer = []
    this.#end()
    await this.#subscription?.close()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #push(message: Message<Data>): void {
    if (this.#isDone) return
    const reader = this.#waiting.shift()
    if (reader) {
      reader({ done: false, value: message })
      return
    }
    if (this.#buffer.length >= this.#capacity) {
      this.#dropped++
      this.#onOverflow((this.#buffer.shift() as Message).topic)
    }
    this.#buffer.push(message)
  }

  #end(): void {
    this.#isDone = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve({ done: true, value: undefined })
  }
}
