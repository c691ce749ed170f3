import { setTimeout as sleep } from 'node:timers/promises'
import { DeliveryQueue } from './delivery-queue.ts'
import { BotbusError, toBotbusError } from './errors.ts'
import type { BusEvent } from './hooks.ts'
import { LONGEST_TIMER } from './timer.ts'
import type { Delivery } from './transport.ts'

/** A message that was given up. */
export interface DeadLetter {
  readonly topic: string
  /** As it arrived. */
  readonly payload: Uint8Array
  /** What the last attempt failed with. */
  readonly error: unknown
  /** How often the listener got it; 0 when it could not be read. */
  readonly attempts: number
}

/** How messages are acknowledged: each when its listener has returned, or when it was given up. */
export interface AtLeastOnceOptions {
  /** How often a listener gets a message that it fails on. Default 5. */
  attempts?: number
  /** Milliseconds before the second attempt, doubled before each further one. Default 100. */
  retryDelay?: number
  /**
   * Gets what was given up, before it is acknowledged. When it rejects, the message stays with the broker, which delivers it again after
   * a reconnect. With or without it, what is given up is reported as dropped: `dead_letter`, or `invalid` when it could not be read.
   */
  deadLetter?: (letter: DeadLetter) => unknown
}

interface Work {
  readonly delivery: Delivery
  readonly acknowledge: () => void
  readonly keep: (reason: BotbusError) => void
}

/** What one attempt is made of. */
interface Attempt<Data> {
  /** Throws, or rejects, for what cannot be read: there is no second attempt then. */
  read(delivery: Delivery): Data | Promise<Data>
  /** Throws, or rejects, when the listener failed. */
  deliver(delivery: Delivery, data: Data): unknown
  observe(event: BusEvent): void
}

/** Feeds a listener, a bounded number of messages at once, again where it fails, and tells the transport when each is done. */
export class AtLeastOnce<Data> {
  readonly #attempts: number
  readonly #retryDelay: number
  readonly #deadLetter: ((letter: DeadLetter) => unknown) | undefined
  readonly #attempt: Attempt<Data>
  readonly #queue: DeliveryQueue<Work>
  readonly #ending = new AbortController()

  /** Throws `INVALID_ARGUMENT`. */
  constructor(options: AtLeastOnceOptions, concurrency: number, attempt: Attempt<Data>) {
    const { attempts = 5, retryDelay = 100, deadLetter } = options
    for (const [name, value, least] of [['attempts', attempts, 1] as const, ['retryDelay', retryDelay, 0] as const]) {
      if (!(value >= least))
        throw new BotbusError('INVALID_ARGUMENT', `${name} must be at least ${least}, not ${value}`)
    }
    this.#attempts = attempts
    this.#retryDelay = retryDelay
    this.#deadLetter = deadLetter
    this.#attempt = attempt
    // The transport hands over a bounded number.
    const bounds = { concurrency, capacity: Number.POSITIVE_INFINITY, overflow: 'drop-newest' as const }
    const onDefect = (error: unknown): void => attempt.observe({ type: 'problem', error: toBotbusError(error) })
    this.#queue = new DeliveryQueue(bounds, (work) => this.#handle(work), onDefect)
  }

  /** Resolves when the message may be forgotten, rejects when the broker has to keep it. */
  accept(delivery: Delivery): Promise<void> {
    const finished = new Promise<void>((resolve, reject) => {
      const work = { delivery, acknowledge: resolve, keep: reject }
      if (this.#ending.signal.aborted) reject(closed())
      else this.#queue.push(work)
    })
    // A transport that does not look at it must not end the process.
    finished.catch(() => undefined)
    return finished
  }

  /** Nothing starts any more; what waits, also for another attempt, stays with the broker. */
  close(): void {
    this.#ending.abort(closed())
    for (const { keep } of this.#queue.close()) keep(closed())
  }

  /** Resolves when no listener runs. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  async #handle({ delivery, acknowledge, keep }: Work): Promise<void> {
    try {
      await this.#finish(delivery)
      acknowledge()
    } catch (error) {
      keep(toBotbusError(error))
    }
  }

  /** Resolves when it was handled or given up. */
  async #finish(delivery: Delivery): Promise<void> {
    const { signal } = this.#ending
    let data: Data
    try {
      data = await this.#attempt.read(delivery)
    } catch (error) {
      return this.#giveUp(delivery, error, 0)
    }
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted()
      try {
        await this.#attempt.deliver(delivery, data)
        return
      } catch (error) {
        this.#attempt.observe({ type: 'listener_failed', topic: delivery.topic, error })
        if (attempt >= this.#attempts) return this.#giveUp(delivery, error, attempt)
      }
      const delay = Math.min(this.#retryDelay * 2 ** (attempt - 1), LONGEST_TIMER)
      await sleep(delay, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }

  async #giveUp({ topic, payload }: Delivery, error: unknown, attempts: number): Promise<void> {
    try {
      await this.#deadLetter?.({ topic, payload, error, attempts })
    } catch (cause) {
      const failure = new BotbusError('INTERNAL', `the dead letter hook failed on ${topic}`, { cause })
      this.#attempt.observe({ type: 'problem', error: failure })
      throw failure
    }
    const reason = attempts === 0 ? 'invalid' : 'dead_letter'
    this.#attempt.observe({ type: 'dropped', topic, reason, error })
  }
}

function closed(): BotbusError {
  return new BotbusError('CLOSED', 'the subscription was closed')
}
