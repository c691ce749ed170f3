import { randomBytes } from 'node:crypto'
import { BotbusError, toBotbusError } from '@botbus/core'
import type { Argument, Link } from './link.ts'
import { wakeKey } from './names.ts'

/** Elements taken at once. */
const BATCH = 64
/** Milliseconds after which a wake-up call that nobody heard is gone. */
const WAKE_EXPIRY = 60_000

/** How many lists Redis takes up in a waiting command in a millisecond, about. */
const LISTS_PER_MS = 50

/** What a reader needs of its session. */
export interface ReadingSession {
  readonly isSharded: boolean
  readonly down: BotbusError | undefined
  commandOn(key: string, name: string, ...args: Argument[]): Promise<unknown>
  openBlocking(): Promise<Link>
}

/**
 * Takes what arrives in lists, on one connection that waits for all of them at once. A list of our own is among them: what is pushed there
 * wakes the connection when others come or go.
 */
export class ListReader {
  readonly #session: ReadingSession
  readonly #wakeKey = wakeKey(randomBytes(16).toString('hex'))
  /** Seconds that a command waits: its return is the connection's sign of life. */
  readonly #timeout: number
  readonly #receivers = new Map<string, (element: Buffer) => void>()
  /** Taken from no more, once the command that waits for them has returned. */
  readonly #leaving = new Set<string>()
  #reading: Promise<void> | undefined
  /** Resolved when the command that waits returns. */
  #rounds: (() => void)[] = []
  #isWaiting = false
  #isWaking = false

  constructor(session: ReadingSession, keepalive: number) {
    this.#session = session
    this.#timeout = keepalive / 2
  }

  /** Opens the connection with the first call. Resolves when it is open; `failed` hears when Redis refuses to read later. */
  async open(failed: (error: BotbusError) => void): Promise<void> {
    this.#reading ??= this.#session.openBlocking().then((link) => {
      void this.#run(link, failed)
    })
    await this.#reading
  }

  /** Whether it takes from that list. */
  has(key: string): boolean {
    return this.#receivers.has(key) && !this.#leaving.has(key)
  }

  /** Elements that are there already are taken, too. */
  add(key: string, receiver: (element: Buffer) => void): void {
    this.#leaving.delete(key)
    this.#receivers.set(key, receiver)
    this.#wake()
  }

  /** Resolves when nothing is taken from that list any more, or when the session is down. */
  async remove(key: string): Promise<void> {
    if (!this.#receivers.has(key)) return
    if (!this.#isWaiting || this.#session.down) {
      this.#receivers.delete(key)
      return
    }
    this.#leaving.add(key)
    this.#wake()
    await new Promise<void>((resolve) => this.#rounds.push(resolve))
  }

  #wake(): void {
    if (!this.#isWaiting || this.#isWaking) return
    this.#isWaking = true
    // The command that waits names all lists, and each change needs a new one: with many lists, changes wait for each other. At once
    // each, opening 10 times as many took 70 times as long.
    setTimeout(() => this.#pushWake(), this.#receivers.size / LISTS_PER_MS)
  }

  #pushWake(): void {
    const key = this.#wakeKey
    // They fail with the session only, and the waiting command with it.
    this.#session.commandOn(key, 'rpush', key, '1').catch(() => undefined)
    this.#session.commandOn(key, 'pexpire', key, WAKE_EXPIRY).catch(() => undefined)
  }

  /** Never rejects. */
  async #run(link: Link, failed: (error: BotbusError) => void): Promise<void> {
    while (!link.down) {
      try {
        this.#isWaiting = true
        const reply = await link.commandForBytes(...this.#command())
        this.#isWaiting = false
        this.#take(reply)
      } catch (error) {
        this.#isWaiting = false
        if (link.down) break
        const spoilt = await this.#leaveSpoilt()
        for (const key of spoilt) failed(new BotbusError('INVALID_ARGUMENT', `${key} is no list any more`))
        if (spoilt.length === 0) {
          failed(toBotbusError(error))
          break
        }
      }
      this.#isWaking = false
      this.#endRound()
    }
    this.#endRound()
  }

  /** One key that has become something else makes Redis refuse them all. Resolves with what is not taken from any more. */
  async #leaveSpoilt(): Promise<string[]> {
    const keys = [...this.#receivers.keys()]
    // Where we may not ask, or the link is gone, none is known to be spoilt.
    const types = await Promise.all(keys.map((key) => this.#session.commandOn(key, 'type', key).catch(() => 'list')))
    const spoilt = keys.filter((_, index) => types[index] !== 'list' && types[index] !== 'none')
    for (const key of spoilt) this.#receivers.delete(key)
    return spoilt
  }

  #command(): [string, ...Argument[]] {
    const keys = [this.#wakeKey, ...this.#receivers.keys()]
    if (!this.#session.isSharded) return ['blpop', ...keys, this.#timeout]
    return ['blmpop', this.#timeout, keys.length, ...keys, 'LEFT', 'COUNT', BATCH]
  }

  /** `[key, [element, ...]]` of BLMPOP, `[key, element]` of BLPOP (before Redis 7), null after the timeout. */
  #take(reply: unknown): void {
    if (!Array.isArray(reply)) return
    const [name, taken] = reply as [Buffer, Buffer | Buffer[]]
    const key = name.toString()
    const receiver = this.#receivers.get(key)
    if (!receiver) return
    // Redis looks at the lists in order: the one that had something is asked last next time.
    this.#receivers.delete(key)
    this.#receivers.set(key, receiver)
    for (const element of Array.isArray(taken) ? taken : [taken]) receiver(element)
  }

  #endRound(): void {
    for (const key of this.#leaving) this.#receivers.delete(key)
    this.#leaving.clear()
    for (const resolve of this.#rounds.splice(0)) resolve()
  }
}
