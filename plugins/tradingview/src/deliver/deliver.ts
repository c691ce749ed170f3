import { BotbusError, messageOf } from '@botbus/core'
import type { Log, PluginStore } from '@botbus/plugin'
import type { Telemetry } from '../telemetry.ts'
import type { Availability } from './availability.ts'
import { expired, givenUp, type Obstacle, obstacleTo } from './gate.ts'
import type { Journal } from './journal.ts'
import type { Sender } from './send.ts'
import type { Task } from './task.ts'
import { type Verdict, verdictOf, verdictOfError } from './verdict.ts'

/** From one try to the next, in ms, where no news can be waited for. */
const RETRY = 1_000

export interface DeliverParts {
  readonly store: PluginStore
  readonly journal: Journal
  readonly availability: Availability
  readonly sender: Sender
  readonly log: Log
  readonly telemetry: Telemetry
  /** Fires when nothing more is to begin. */
  readonly closing: AbortSignal
  /** Fires when commands without an answer are to be given up. */
  readonly abandoned: AbortSignal
}

/** Brings one delivery to its end: sent once, or a dead letter. Left pending when the plugin stops before it was begun. */
export class Deliverer {
  readonly #parts: DeliverParts

  constructor(parts: DeliverParts) {
    this.#parts = parts
  }

  /** Never rejects. Resolves when the next one of the lane may leave. */
  async deliver(task: Task): Promise<void> {
    try {
      await this.#deliver(task)
    } catch (error) {
      // A defect: the journal has the task as it is, and the next start decides by that.
      this.#parts.log.error('a delivery failed', { execution: task.id, error: messageOf(error) })
    }
  }

  async #deliver(task: Task): Promise<void> {
    const { closing, journal } = this.#parts
    let isBegun = false
    let obstacle: Obstacle | undefined
    for (;;) {
      const now = Date.now()
      obstacle = obstacleTo(task, this.#parts.availability, now) ?? obstacle
      if (now >= task.expiresAt) return journal.end(task, expired(obstacle))
      if (obstacle?.isFinal) return journal.end(task, givenUp(obstacle))
      if (obstacle) {
        await this.#news(task, obstacle.wait)
        if (closing.aborted) return isBegun ? journal.end(task, givenUp(obstacle)) : undefined
        obstacle = undefined
        continue
      }
      if (!isBegun) {
        if (closing.aborted) return
        const begun = await this.#begin(task)
        if (begun === 'gone') return
        if (begun === 'failed') {
          await this.#news(task, RETRY)
          continue
        }
        isBegun = true
      }
      const sent = await this.#send(task)
      if ('result' in sent) return journal.end(task, sent)
      obstacle = sent
    }
  }

  /** Nothing leaves before its `begin` is on disk. `gone`: somebody else has begun or ended it. */
  async #begin(task: Task): Promise<'begun' | 'gone' | 'failed'> {
    const { store, telemetry, log } = this.#parts
    try {
      await store.executions.begin(task.id)
      return 'begun'
    } catch (error) {
      if (BotbusError.is(error) && (error.code === 'INVALID_ARGUMENT' || error.code === 'CLOSED')) return 'gone'
      telemetry.storeFailed()
      log.error('a delivery waits, as the store fails', { execution: task.id, error: messageOf(error) })
      return 'failed'
    }
  }

  async #send(task: Task): Promise<Verdict | Obstacle> {
    const { sender, abandoned } = this.#parts
    try {
      return verdictOf(await sender.send(task.delivery, task.id, abandoned))
    } catch (error) {
      const verdict = verdictOfError(error)
      if ('result' in verdict) return verdict
      const { code, reason } = verdict
      return { code, reason, wait: RETRY, isFinal: code === 'BOT_UNAVAILABLE' && task.unavailable !== 'hold' }
    }
  }

  async #news(task: Task, wait: number): Promise<void> {
    const { availability, telemetry, closing } = this.#parts
    const bot = task.delivery.kind === 'publish' ? undefined : task.delivery.bot
    telemetry.held(1)
    await availability.news(bot, Math.min(wait, task.expiresAt - Date.now()), closing)
    telemetry.held(-1)
  }
}
