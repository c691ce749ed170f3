import { messageOf } from '@botbus/core'
import type { JsonObject, Log, PluginStore } from '@botbus/plugin'
import type { AlertCode } from '../codes.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Task } from './task.ts'
import type { Verdict } from './verdict.ts'

/** Writes how deliveries ended, beside the next ones: what was begun needs no further write before the next may leave. */
export class Journal {
  readonly #store: PluginStore
  readonly #log: Log
  readonly #telemetry: Telemetry
  readonly #writing = new Set<Promise<void>>()

  constructor(store: PluginStore, log: Log, telemetry: Telemetry) {
    this.#store = store
    this.#log = log
    this.#telemetry = telemetry
  }

  end(task: Task, verdict: Verdict): void {
    const writing: Promise<void> = this.#write(task, verdict).finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  /** Resolves when all is written. */
  async settled(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing)
  }

  async #write(task: Task, { result, code }: Verdict): Promise<void> {
    const { source, id } = task
    this.#telemetry.delivered(source, result.status, (Date.now() - task.receivedAt) / 1_000)
    try {
      // The letter first: a crash in between leaves one letter too many, never one too few.
      if (code !== undefined) await this.#bury(task, code, result.reason ?? code)
      await this.#store.executions.end(id, result)
    } catch (error) {
      this.#telemetry.storeFailed()
      this.#log.error('how a delivery ended could not be written', {
        execution: id,
        route: source,
        status: result.status,
        error: messageOf(error),
      })
    }
  }

  async #bury(task: Task, code: AlertCode, reason: string): Promise<void> {
    const { source, receivedAt, sender, cause, id, delivery } = task
    this.#telemetry.deadLetter(source, code)
    this.#log.warn('a delivery is a dead letter', { route: source, execution: id, code, reason })
    const content = { delivery: delivery as unknown as JsonObject }
    await this.#store.deadLetters.add({ source, receivedAt, sender, code, reason, content, cause, execution: id })
  }
}
