import type { Availability } from './availability.ts'
import { isStop, type Task } from './task.ts'
import type { Verdict } from './verdict.ts'

/** What stands in the way of a delivery: wait so many ms for news, or end it. */
export interface Obstacle {
  readonly wait: number
  readonly code: 'BOT_UNAVAILABLE' | 'BROKER_UNAVAILABLE'
  readonly reason: string
  /** Waiting is not what the route wants. */
  readonly isFinal?: boolean
}

/** Undefined when the delivery may leave now. Without a link nothing can; a stop asks for nothing else. */
export function obstacleTo(task: Task, availability: Availability, now: number): Obstacle | undefined {
  const left = task.expiresAt - now
  if (!availability.isConnected) {
    return { wait: left, code: 'BROKER_UNAVAILABLE', reason: 'there was no link to the broker' }
  }
  const { delivery, unavailable } = task
  if (delivery.kind === 'publish' || unavailable === 'publish' || isStop(delivery)) return undefined
  const reach = availability.reach(delivery.bot, now)
  if (reach === 'heard') return undefined
  const obstacle = { code: 'BOT_UNAVAILABLE', reason: `the bot "${delivery.bot}" was not heard` } as const
  if (reach === 'unknown') return { ...obstacle, wait: availability.untilKnown(now) }
  return { ...obstacle, wait: left, isFinal: unavailable === 'dead-letter' }
}

/** The end of what waited for too long. */
export function expired(obstacle: Obstacle | undefined): Verdict {
  const reason = obstacle?.reason ?? 'it waited behind other deliveries, or the server was down'
  return { code: obstacle?.code ?? 'EXPIRED', result: { status: 'expired', reason } }
}

export function givenUp({ code, reason }: Pick<Obstacle, 'code' | 'reason'>): Verdict {
  return { code, result: { status: 'failed', reason } }
}
