import { MAX_WAITING_BYTES } from './delivery-queue.ts'
import { BotbusError } from './errors.ts'
import type { Message, MessageListener, Subscription } from './subscription.ts'

/** Where a stream takes its messages from. */
export interface MessageSource<Data> {
  /** How many messages may wait to be read, and which one goes beyond that. */
  readonly capacity: number
  readonly overflow: 'drop-oldest' | 'drop-newest'
  open(listener: MessageListener<Data>, onClose: () => void): Promise<Subscription>
  onOverflow(topic: string): void
}

interface Reader<Data> {
  resolve(result: IteratorResult<Message<Data>>): void
  reject(error: unknown): void
}

/**
 * Messages of a subscription as an async iterator. It subscribes at once, not at the first `next()`: await `ready` to be
 * sure that nothing published later is missed. Leaving the loop, aborting the signal or closing the bus ends it, without
 * an error; what had arrived until an abort or the close of the bus can still be read. When the broker refuses the
 * subscription, `ready` and `next()` reject.
 */
export class MessageStream<Data = unknown> implements AsyncIterableIterator<Message<Data>> {
  /** Resolves when the broker has acknowledged the subscription. */
  readonly ready: Promise<void>
  readonly #source: MessageSource<Data>
  #buffer: Message<Data>[] = []
  #bytes = 0
  #readers: Reader<Data>[] = []
  #subscription: Subscription | undefined
  #failure: { error: unknown } | undefined
  #hasEnded = false
  #dropped = 0

  constructor(source: MessageSource<Data>) {
    this.#source = source
    this.ready = this.#open()
    // Whoever iterates sees the rejection in next(); whoever does not must not crash on it.
    this.ready.catch((error: unknown) => this.#fail(error))
  }

  /** How many messages were dropped: nobody read them in time, or they could not be read at all. */
  get dropped(): number {
    return this.#dropped + (this.#subscription?.dropped ?? 0)
  }

  async next(): Promise<IteratorResult<Message<Data>>> {
    const message = this.#buffer.shift()
    if (message) {
      this.#bytes -= message.bytes
      return { done: false, value: message }
    }
    if (this.#hasEnded) return { done: true, value: undefined }
    if (this.#failure) throw this.#failure.error
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  async return(): Promise<IteratorResult<Message<Data>>> {
    await this.close()
    return { done: true, value: undefined }
  }

  /** Ends the stream, drops what was not read, and resolves when the broker has taken the subscription back. */
  async close(): Promise<void> {
    this.#buffer = []
    this.#bytes = 0
    this.#end()
    await this.ready.catch(() => undefined)
    await this.#subscription?.close()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(): Promise<void> {
    this.#subscription = await this.#source.open(
      (message) => this.#push(message),
      () => this.#end(),
    )
  }

  #push(message: Message<Data>): void {
    if (this.#hasEnded) return
    const reader = this.#readers.shift()
    if (reader) {
      reader.resolve({ done: false, value: message })
      return
    }
    this.#buffer.push(message)
    this.#bytes += message.bytes
    while (
      this.#buffer.length > this.#source.capacity ||
      (this.#bytes > MAX_WAITING_BYTES && this.#buffer.length > 1)
    ) {
      const gone = this.#source.overflow === 'drop-newest' ? this.#buffer.pop() : this.#buffer.shift()
      this.#bytes -= gone?.bytes ?? 0
      this.#dropped++
      this.#source.onOverflow((gone ?? message).topic)
    }
  }

  #end(): void {
    this.#hasEnded = true
    for (const { resolve } of this.#readers.splice(0)) resolve({ done: true, value: undefined })
  }

  /** An abort of the stream's own signal is an end, not a failure. */
  #fail(error: unknown): void {
    const isAbort = BotbusError.is(error) && error.code === 'CANCELLED'
    if (isAbort) this.#end()
    else this.#failure = { error }
    for (const { reject } of this.#readers.splice(0)) reject(error)
  }
}
