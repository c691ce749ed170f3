import { BotbusError, messageOf } from '@botbus/core'
import type { ExecutionResult } from '@botbus/plugin'
import type { AlertCode } from '../codes.ts'
import type { Sent } from './send.ts'

/** How a delivery ended. With a code it becomes a dead letter. */
export interface Verdict {
  readonly result: ExecutionResult
  readonly code?: AlertCode
}

/** Nothing left, and the same may succeed later. */
export interface NotYet {
  readonly retry: true
  readonly code: 'BOT_UNAVAILABLE' | 'BROKER_UNAVAILABLE'
  readonly reason: string
}

/** What the answer of a command says. An event or a message has none: the broker has it. */
export function verdictOf({ reply }: Sent): Verdict {
  if (!reply) return { result: { status: 'succeeded' } }
  if (reply.status === 200) return { result: { status: 'succeeded', reply: { ...reply } } }
  const reason = `the bot answered with status ${reply.status}: ${reply.msg}`
  return { code: 'REJECTED', result: { status: 'rejected', reply: { ...reply }, reason } }
}

const BROKEN = new Set(['INVALID_ARGUMENT', 'INVALID_PAYLOAD'])

/** What an error says of what was sent. Only where nothing left is it tried again. */
export function verdictOfError(thrown: unknown): Verdict | NotYet {
  const reason = messageOf(thrown)
  if (!BotbusError.is(thrown)) return ended('unknown', 'OUTCOME_UNKNOWN', reason)
  const { code, outcome } = thrown
  if (outcome === 'executed') return ended('rejected', 'REJECTED', reason)
  // A message that was refused before it was handed over carries no outcome.
  if (outcome === undefined && BROKEN.has(code)) return ended('failed', 'INVALID_FIELD', reason)
  if (outcome !== 'not_sent') return ended('unknown', 'OUTCOME_UNKNOWN', reason)
  if (code === 'NO_RESPONDER') return { retry: true, code: 'BOT_UNAVAILABLE', reason }
  if (code === 'NOT_CONNECTED' || code === 'RESOURCE_EXHAUSTED') {
    return { retry: true, code: 'BROKER_UNAVAILABLE', reason }
  }
  if (BROKEN.has(code)) return ended('failed', 'INVALID_FIELD', reason)
  if (code === 'CANCELLED' || code === 'CLOSED') return ended('cancelled', 'BROKER_UNAVAILABLE', reason)
  return ended('failed', 'INTERNAL', reason)
}

function ended(status: ExecutionResult['status'], code: AlertCode, reason: string): Verdict {
  return { code, result: { status, reason } }
}
