import type { Execution, JsonObject, NewExecution } from '@botbus/plugin'
import type { Delivery } from '../delivery.ts'

/** What to do while the bot is not heard: send all the same, wait, or give up at once. */
export type Unavailable = 'publish' | 'hold' | 'dead-letter'

/** One delivery that waits for its turn, and whom it came from. */
export interface Task {
  /** The id of the execution: also the idempotency key of a command. */
  readonly id: string
  readonly lane: string
  /** The inbox entry. */
  readonly cause: string
  /** The route. */
  readonly source: string
  readonly sender: string
  readonly receivedAt: number
  readonly expiresAt: number
  readonly delivery: Delivery
  readonly unavailable: Unavailable
}

/**
 * Deliveries to one bot run one after the other in the order in which their alerts were stored, as do those to one topic. A
 * stop has a lane of its own: it waits for nothing else.
 */
export function toExecution(delivery: Delivery, expiresAt: number): NewExecution {
  const payload = delivery as unknown as JsonObject
  if (delivery.kind === 'publish') {
    const { topic } = delivery
    return { lane: `topic:${topic}`, target: topic, operation: 'publish', payload, expiresAt }
  }
  const { bot } = delivery
  if (delivery.kind === 'event') return { lane: `bot:${bot}`, target: bot, operation: 'event', payload, expiresAt }
  const lane = isStop(delivery) ? `stop:${bot}` : `bot:${bot}`
  return { lane, target: bot, operation: `command:${delivery.command}`, payload, expiresAt }
}

/** Only what `toExecution` wrote is read back here. */
export function deliveryOf(execution: Execution): Delivery {
  return execution.payload as unknown as Delivery
}

export function isStop(delivery: Delivery): boolean {
  return delivery.kind === 'command' && delivery.command === 'stop'
}
