import { BotbusError } from './errors.ts'

export interface QueueOptions {
  /** How many handlers may run at once. */
  readonly concurrency: number
  /** How many items may wait. */
  readonly capacity: number
  /** Which item goes when the queue is full. */
  readonly overflow: 'drop-oldest' | 'drop-newest'
}

/** Bytes of all that waits in one buffer: a flood of the largest payloads must not take the memory. */
export const MAX_WAITING_BYTES: number = 64 * 1024 * 1024

/**
 * Runs a handler over items in order of arrival, a bounded number at once, with a bounded number waiting.
 * A handler that returns no promise costs none.
 */
export class DeliveryQueue<Item> {
  readonly #options: QueueOptions
  readonly #handler: (item: Item) => unknown
  readonly #onDefect: (error: unknown) => void
  readonly #sizeOf: (item: Item) => number
  #waiting: Item[] = []
  #waitingBytes = 0
  #head = 0
  #running = 0
  #isClosed = false
  #idleWaiters: (() => void)[] = []

  /**
   * `handler` should handle its own errors: what it throws is a defect, told to `onDefect`, and the queue goes on.
   * Beyond 64 MiB by `sizeOf` nothing more may wait. Throws `INVALID_ARGUMENT` for a concurrency below 1 or a capacity below 0.
   */
  constructor(
    options: QueueOptions,
    handler: (item: Item) => unknown,
    onDefect: (error: unknown) => void,
    sizeOf: (item: Item) => number = () => 0,
  ) {
    assertQueueOptions(options)
    this.#options = options
    this.#handler = handler
    this.#onDefect = onDefect
    this.#sizeOf = sizeOf
  }

  get size(): number {
    return this.#waiting.length - this.#head
  }

  /** Returns the item that had to go, if any. After `close` every item is dropped silently. */
  push(item: Item): Item | undefined {
    if (this.#isClosed) return undefined
    if (this.#running < this.#options.concurrency && this.size === 0) {
      this.#start(item)
      this.#drain()
      return undefined
    }
    if (this.size > 0 && this.#waitingBytes + this.#sizeOf(item) > MAX_WAITING_BYTES) return item
    if (this.size < this.#options.capacity) {
      this.#wait(item)
      return undefined
    }
    if (this.#options.overflow === 'drop-newest' || this.#options.capacity === 0) return item
    const oldest = this.#shift()
    this.#wait(item)
    return oldest
  }

  /** Drops what waits, and returns it; nothing starts any more. Running handlers go on: see `idle`. */
  close(): Item[] {
    this.#isClosed = true
    const dropped = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    this.#waitingBytes = 0
    this.#drain()
    return dropped
  }

  /** Resolves when no handler runs and nothing waits. */
  async idle(): Promise<void> {
    if (this.#running === 0 && this.size === 0) return
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  #start(item: Item): void {
    this.#running++
    try {
      const result = this.#handler(item)
      if (result instanceof Promise) result.then(this.#onEnd, this.#onFailure)
      else this.#running--
    } catch (error) {
      this.#running--
      this.#onDefect(error)
    }
  }

  readonly #onEnd = (): void => {
    this.#running--
    this.#drain()
  }

  readonly #onFailure = (error: unknown): void => {
    this.#onDefect(error)
    this.#onEnd()
  }

  /** A loop, not a recursion: a long queue of handlers without promises must not grow the stack. */
  #drain(): void {
    while (this.size > 0 && this.#running < this.#options.concurrency) this.#start(this.#shift() as Item)
    if (this.#running > 0 || this.size > 0 || this.#idleWaiters.length === 0) return
    const waiters = this.#idleWaiters
    this.#idleWaiters = []
    for (const wake of waiters) wake()
  }

  #wait(item: Item): void {
    this.#waiting.push(item)
    this.#waitingBytes += this.#sizeOf(item)
  }

  #shift(): Item | undefined {
    const item = this.#waiting[this.#head]
    if (item !== undefined) this.#waitingBytes -= this.#sizeOf(item)
    this.#waiting[this.#head++] = undefined as never
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}

/** Throws `INVALID_ARGUMENT` for a concurrency below 1 or a capacity below 0. */
export function assertQueueOptions(options: QueueOptions): void {
  assertAtLeast('concurrency', options.concurrency, 1)
  assertAtLeast('capacity', options.capacity, 0)
}

function assertAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new BotbusError('INVALID_ARGUMENT', `${name} must be at least ${least}, not ${value}`)
}
