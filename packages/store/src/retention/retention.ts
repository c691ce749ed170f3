import { BotbusError, toBotbusError } from '@botbus/core'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { RetentionOptions } from '../store.ts'
import { type Limits, STEP, STEPS, type Step } from './steps.ts'

const DAY = 86_400_000
const MINUTE = 60_000
const LONGEST_INTERVAL = DAY

/** Clears away what is too old, again and again. */
export class Retention {
  readonly #access: Access
  readonly #limits: Limits
  readonly #onError: (error: BotbusError) => void
  readonly #timer: NodeJS.Timeout | undefined
  #isRunning = false

  constructor(access: Access, options: RetentionOptions, onError: (error: BotbusError) => void) {
    const { age = 30 * DAY, deadLetters = 10_000, interval = MINUTE } = options
    for (const [name, value] of Object.entries({ age, deadLetters, interval })) {
      if (Number.isSafeInteger(value) && value >= 0) continue
      throw new BotbusError('INVALID_ARGUMENT', `retention.${name} must be a whole number, at least 0`)
    }
    this.#access = access
    this.#limits = { age, deadLetters }
    this.#onError = onError
    if (interval === 0) return
    this.#timer = setInterval(() => void this.#tick(), Math.min(interval, LONGEST_INTERVAL))
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #tick(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      for (const step of STEPS) await this.#repeat(step)
    } catch (error) {
      const failure = toBotbusError(error)
      // Closed in the middle: the next start goes on.
      if (failure.code !== 'CLOSED') this.#onError(failure)
    } finally {
      this.#isRunning = false
    }
  }

  async #repeat(step: Step): Promise<void> {
    const batch = each((transaction, now: number) => step(transaction, this.#limits, now))
    for (let removed = STEP; removed >= STEP; ) removed = await this.#access.write(batch, Date.now())
  }
}
