import { BotbusError, messageOf } from '@botbus/core'
import type { Acceptance, Guard, JsonObject, Log, PluginStore } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { Dispatcher } from '../deliver/dispatcher.ts'
import { toExecution } from '../deliver/task.ts'
import type { Delivery, Plan } from '../delivery.ts'
import type { Result } from './answer.ts'
import type { LiveRoute } from './live-route.ts'

/** What is to be stored, and then done. */
export interface Acceptable {
  readonly sender: string
  /** For people; the plan's rule and reason are added. */
  readonly content: JsonObject
  readonly plan: Plan
  readonly guards: readonly Guard[]
  readonly now: number
}

/** Stores alerts with all that is to be done because of them, and hands that on once it is on disk. */
export class Acceptor {
  readonly #store: PluginStore
  readonly #dispatcher: Dispatcher
  readonly #log: Log

  constructor(store: PluginStore, dispatcher: Dispatcher, log: Log) {
    this.#store = store
    this.#dispatcher = dispatcher
    this.#log = log
  }

  /** Never rejects: what the store cannot do is a result as well. */
  async accept(route: LiveRoute, { sender, content, plan, guards, now }: Acceptable): Promise<Result> {
    const { name, config } = route
    const expiresAt = now + config.holdFor * 1_000
    const deliveries: readonly Delivery[] = plan.kind === 'deliver' && !config.dryRun ? plan.deliveries : []
    const executions = deliveries.map((delivery) => toExecution(delivery, expiresAt))
    const entry = { source: name, receivedAt: now, sender, guards, executions }
    let accepted: Acceptance
    try {
      accepted = await this.#store.inbox.accept({
        ...entry,
        content: { ...content, ...outcomeOf(plan, config.dryRun) },
      })
    } catch (error) {
      return { kind: 'failed', error: this.#toAlertError(error) }
    }
    const { id } = accepted
    if (accepted.status === 'duplicate') return { kind: 'duplicate', id }
    const from = { cause: id, source: name, sender, receivedAt: now, expiresAt, unavailable: config.unavailable }
    for (const [index, execution] of accepted.executions.entries()) {
      const delivery = deliveries[index]
      const lane = executions[index]?.lane
      if (delivery && lane !== undefined) this.#dispatcher.add({ id: execution, lane, delivery, ...from })
    }
    if (plan.kind === 'ignore') return { kind: 'ignored', id, reason: plan.reason }
    return config.dryRun ? { kind: 'dry-run', id, plan } : { kind: 'stored', id }
  }

  #toAlertError(error: unknown): AlertError {
    const code = BotbusError.is(error) ? error.code : undefined
    if (code === 'RESOURCE_EXHAUSTED') return new AlertError('INBOX_FULL', 'too many deliveries wait', { cause: error })
    if (code === 'CLOSED') return new AlertError('SHUTTING_DOWN', 'the server is about to end', { cause: error })
    this.#dispatcher.telemetry.storeFailed()
    this.#log.error('an alert could not be stored', { error: messageOf(error) })
    return new AlertError('STORE_UNAVAILABLE', 'the alert could not be stored', { cause: error })
  }
}

function outcomeOf(plan: Plan, isDryRun: boolean): JsonObject {
  if (plan.kind === 'ignore') return { ignored: plan.reason, ...(plan.rule === undefined ? {} : { rule: plan.rule }) }
  const dryRun = plan.deliveries as unknown as readonly JsonObject[]
  return isDryRun ? { rule: plan.rule, dryRun } : { rule: plan.rule }
}
