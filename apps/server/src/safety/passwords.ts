import { hash, verify } from '@node-rs/argon2'
import { RefusedError } from './refusal.ts'
import { newSecret } from './secrets.ts'

/** argon2id, which is the default of the library: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const
/** Each takes 19 MiB and a thread meanwhile. */
const AT_ONCE = 2
const MAX_WAITING = 32

/** Hashes and verifies passwords, a few at a time: a flood of logins costs bounded memory. */
export class Passwords {
  readonly #waiting: (() => void)[] = []
  #running = 0
  #dummy: Promise<string> | undefined

  /** The encoded hash, with its own salt and cost. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(normal(password), COST))
  }

  /** Without a hash, as for an unknown name, it takes the same time and is false. */
  async verify(encoded: string | undefined, password: string): Promise<boolean> {
    this.#dummy ??= hash(newSecret(), COST)
    const against = encoded ?? (await this.#dummy)
    const matches = await this.#inTurn(() => verify(against, normal(password)))
    return matches && encoded !== undefined
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) throw new RefusedError(BUSY)
      // Whoever is done hands its place over: `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running += 1
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}

const BUSY = { status: 503, code: 'BUSY', reason: 'busy', message: 'too many logins at once', retryAfter: 2 } as const

/** The same password may be typed in several forms of Unicode. */
function normal(password: string): string {
  return password.normalize('NFKC')
}
