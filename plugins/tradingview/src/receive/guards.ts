import { createHash } from 'node:crypto'
import type { Guard } from '@botbus/plugin'
import type { RouteConfig } from '../config/config.ts'

const SECOND = 1_000
/** A key of the store holds 200 characters. */
const MAX_PLAIN = 64

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

interface Guarded {
  readonly route: string
  readonly durations: RouteConfig['duplicates']
  /** Of the whole body. */
  readonly bodyHash: string
  /** Which alert of the body. */
  readonly index: number
  readonly id: string | undefined
  readonly now: number
}

/**
 * What keeps an alert from being accepted twice: its body for a short time, as TradingView sends again after 5, 10 and 15 s; and
 * the id that the alert gives itself, for a day. Without such an id it is never guarded for longer than its body.
 */
export function guardsOf({ route, durations, bodyHash, index, id, now }: Guarded): Guard[] {
  const guards: Guard[] = []
  if (durations.body > 0) {
    guards.push({ key: `${route}:body:${bodyHash}:${index}`, until: now + durations.body * SECOND })
  }
  if (id !== undefined && durations.id > 0) {
    const key = id.length <= MAX_PLAIN ? id : `sha256:${hashOf(id)}`
    guards.push({ key: `${route}:id:${key}`, until: now + durations.id * SECOND })
  }
  return guards
}
