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
  readonly expires: number
  characters: number
  isFinished: boolean
}

/** Runs the work of a key once and hands every duplicate the first reply. One guard belongs to one address. */
export class IdempotencyGuard {
  readonly #options: IdempotencyOptions
  readonly #entries = new Map<string, Entry>()
  #characters = 0

  constructor(options: IdempotencyOptions = DEFAULT_IDEMPOTENCY) {
    this.#options = options
  }

  /** The first request with that key, which may still be running; `undefined` for a new key. */
  find(key: string): FirstRequest | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (!entry.isFinished || entry.expires > Date.now()) return entry
    this.#forget(key, entry)
    return undefined
  }

  /** `bytes` is the size of the request, key included. */
  remember(key: string, { data, reply }: FirstRequest, bytes: number): void {
    const expires = Date.now() + this.#options.window
    const entry: Entry = { data, reply, expires, characters: bytes, isFinished: false }
    this.#entries.set(key, entry)
    this.#characters += bytes
    if (!(reply instanceof Promise)) this.#finish(entry, reply)
    else this.#wait(key, entry, reply)
    this.#trim()
  }

  #wait(key: string, entry: Entry, reply: Promise<Encoded>): void {
    reply.then(
      (encoded) => {
        this.#finish(entry, encoded)
        this.#trim()
      },
      () => this.#forget(key, entry),
    )
  }

  #finish(entry: Entry, { payload }: Encoded): void {
    entry.isFinished = true
    entry.characters += payload.length
    this.#characters += payload.length
  }

  /** From the oldest on. What still runs stays: a duplicate of it must find it. */
  #trim(): void {
    const now = Date.now()
    for (const [key, entry] of this.#entries) {
      const isFull = this.#entries.size > this.#options.maxKeys || this.#characters > this.#options.maxCharacters
      if (!isFull && entry.expires > now) return
      if (entry.isFinished) this.#remove(key, entry)
    }
  }

  #forget(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#remove(key, entry)
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#characters -= entry.characters
  }
}
