import type { Encoded } from './envelope.ts'
import type { MaybePromise } from './maybe-promise.ts'

export interface IdempotencyOptions {
  /** How long a key is remembered after its first request, in ms; always until that has finished. */
  readonly window: number
  /** How many keys are remembered; beyond it the oldest finished ones are forgotten. */
  readonly maxKeys: number
  /** How many bytes of requests and characters of replies are kept; beyond it the oldest finished ones are forgotten. */
  readonly maxCharacters: number
}

const DEFAULT_IDEMPOTENCY: IdempotencyOptions = { window: 10 * 60_000, maxKeys: 1_000, maxCharacters: 8_000_000 }

/** The request that used a key first, and its reply. */
export interface FirstRequest {
  readonly data: unknown
  readonly reply: MaybePromise<Encoded>
}

interface Entry extends FirstRequest {
  readonly key: string
  readonly expires: number
  characters: number
  isFinished: boolean
  isForgotten: boolean
}

/** Empty places that stay at the head of the queue before it is made shorter. */
const SLACK = 1_024

/** Runs the work of a key once and hands every duplicate the first reply. One guard belongs to one address. */
export class IdempotencyGuard {
  readonly #options: IdempotencyOptions
  readonly #entries = new Map<string, Entry>()
  /** The oldest first, from `#head` on. The map has this order too, but finds its first entry only behind all that were deleted. */
  #queue: (Entry | undefined)[] = []
  #head = 0
  #characters = 0

  constructor(options: IdempotencyOptions = DEFAULT_IDEMPOTENCY) {
    this.#options = options
  }

  /** The first request with that key, which may still be running; `undefined` for a new key. */
  find(key: string): FirstRequest | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (!entry.isFinished || entry.expires > Date.now()) return entry
    this.#forget(entry)
    return undefined
  }

  /** For a key that `find` does not know. `bytes` is the size of the request, key included. */
  remember(key: string, { data, reply }: FirstRequest, bytes: number): void {
    const now = Date.now()
    const expires = now + this.#options.window
    const entry: Entry = { data, reply, key, expires, characters: bytes, isFinished: false, isForgotten: false }
    this.#entries.set(key, entry)
    this.#queue.push(entry)
    this.#characters += bytes
    if (!(reply instanceof Promise)) this.#finish(entry, reply)
    else this.#wait(entry, reply)
    this.#trim(now)
  }

  #wait(entry: Entry, reply: Promise<Encoded>): void {
    reply.then(
      (encoded) => {
        this.#finish(entry, encoded)
        this.#trim(Date.now())
      },
      () => this.#forget(entry),
    )
  }

  #finish(entry: Entry, { payload }: Encoded): void {
    entry.isFinished = true
    entry.characters += payload.length
    this.#characters += payload.length
  }

  /** From the oldest on. What still runs stays, as the newest: a duplicate of it must find it. */
  #trim(now: number): void {
    for (let left = this.#queue.length - this.#head; left > 0; left--) {
      const entry = this.#queue[this.#head]
      if (!entry || (!entry.isForgotten && !this.#isFull && entry.expires > now)) return
      this.#queue[this.#head++] = undefined
      if (entry.isFinished) this.#forget(entry)
      else if (!entry.isForgotten) this.#queue.push(entry)
      if (this.#head > SLACK) this.#shorten()
    }
  }

  #shorten(): void {
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }

  get #isFull(): boolean {
    return this.#queue.length - this.#head > this.#options.maxKeys || this.#characters > this.#options.maxCharacters
  }

  #forget(entry: Entry): void {
    if (entry.isForgotten) return
    entry.isForgotten = true
    this.#entries.delete(entry.key)
    this.#characters -= entry.characters
  }
}
