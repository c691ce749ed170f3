import { AlertError } from '../alert-error.ts'
import type { Signal } from '../signal.ts'

export interface Freshness {
  /** Milliseconds: how old an alert may be. TradingView delivers in about a second as a rule, in 60 s at times. */
  readonly maxAge: number
  /** Milliseconds: how far its time may lie ahead of our clock. */
  readonly futureSkew: number
}

/**
 * Throws STALE or FROM_FUTURE when the time of the alert is too far from `now` (milliseconds since 1970). An alert
 * without a time passes: it cannot be checked. Send `{{timenow}}`, the moment at which the alert fired; `{{time}}` is
 * the opening of its bar, which lies up to a whole bar back.
 */
export function checkFresh(signal: Signal, now: number, { maxAge, futureSkew }: Freshness): void {
  if (signal.time === undefined) return
  const age = now - signal.time
  if (age > maxAge) {
    throw new AlertError('STALE', `the alert is ${seconds(age)} s old; the route takes ${seconds(maxAge)} s`)
  }
  if (-age > futureSkew) {
    throw new AlertError(
      'FROM_FUTURE',
      `the time of the alert lies ${seconds(-age)} s ahead of our clock; the route takes ${seconds(futureSkew)} s`,
    )
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000)
}
