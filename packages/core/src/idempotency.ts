import type { Encoded } from './envelope.ts'
import type { MaybePromise } from './maybe-promise.ts'

export interface IdempotencyOptions {
  /** How long a key is remembered after its first request, in ms; always until that has finished. */
  readonly window: number
  /** So many keys that finished last are remembered, and less than twice as many. */
  readonly maxKeys: number
  /** How many bytes of requests and characters of replies are kept of what has finished; at least the last half of them is. */
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
}

/**
 * Runs the work of a key once and hands every duplicate the first reply. One guard belongs to one address. Keys are forgotten a
 * generation at once: to delete each from a map costs more than all the rest of the guard.
 */
export class IdempotencyGuard {
  readonly #options: IdempotencyOptions
  readonly #running = new Map<string, Entry>()
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  /** Of the young generation. */
  #characters = 0
  #since = 0

  constructor(options: IdempotencyOptions = DEFAULT_IDEMPOTENCY) {
    this.#options = options
  }

  /** The first request with that key, which may still be running; `undefined` for a new key. */
  find(key: string): FirstRequest | undefined {
    const entry = this.#young.get(key) ?? this.#old.get(key)
    if (entry) return entry.expires > Date.now() ? entry : undefined
    return this.#running.size > 0 ? this.#running.get(key) : undefined
  }

  /** For a key that `find` does not know. `bytes` is the size of the request, key included. */
  remember(key: string, { data, reply }: FirstRequest, bytes: number): void {
    const now = Date.now()
    const entry: Entry = { data, reply, expires: now + this.#options.window }
    if (reply instanceof Promise) this.#wait(key, entry, reply, bytes)
    else this.#keep(key, entry, bytes + reply.payload.length, now)
  }

  #wait(key: string, entry: Entry, reply: Promise<Encoded>, bytes: number): void {
    this.#running.set(key, entry)
    // Otherwise an expired one would be found first.
    this.#young.delete(key)
    this.#old.delete(key)
    reply.then(
      ({ payload }) => {
        this.#running.delete(key)
        this.#keep(key, entry, bytes + payload.length, Date.now())
      },
      () => this.#running.delete(key),
    )
  }

  #keep(key: string, entry: Entry, characters: number, now: number): void {
    const { window, maxKeys, maxCharacters } = this.#options
    const isFull = this.#young.size >= maxKeys || this.#characters + characters > maxCharacters / 2
    if (isFull || now - this.#since >= window) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = 0
      this.#since = now
    }
    this.#young.set(key, entry)
    this.#characters += characters
  }
}
