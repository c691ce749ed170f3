import type { BotbusError, ErrorCode } from '@botbus/core'

/** The closed set of exit codes. 7, 8 and 9 belong to operations on several bots. */
export const EXIT = {
  ok: 0,
  error: 1,
  notFound: 2,
  offline: 3,
  usage: 4,
  timeout: 5,
  notAllowed: 6,
  someFailed: 7,
  aborted: 8,
  confirmationNeeded: 9,
  brokerUnreachable: 10,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const BY_ERROR: Readonly<Record<ErrorCode, ExitCode>> = {
  TIMEOUT: EXIT.timeout,
  CANCELLED: EXIT.interrupted,
  CLOSED: EXIT.error,
  NOT_CONNECTED: EXIT.brokerUnreachable,
  NO_RESPONDER: EXIT.notFound,
  INVALID_ARGUMENT: EXIT.usage,
  INVALID_PAYLOAD: EXIT.error,
  UNAUTHORIZED: EXIT.notAllowed,
  UNSUPPORTED: EXIT.usage,
  REMOTE: EXIT.error,
  RESOURCE_EXHAUSTED: EXIT.error,
  INTERNAL: EXIT.error,
}

/**
 * The exit code of an error of the bus. Two outcomes outweigh the code: what the other side answered is its
 * error, not ours (1), and a link that was lost after the request had left says nothing about what happened (5).
 */
export function exitCodeOf(error: Pick<BotbusError, 'code' | 'outcome'>): ExitCode {
  if (error.code === 'UNAUTHORIZED') return EXIT.notAllowed
  if (error.outcome === 'executed') return EXIT.error
  if (error.code === 'NOT_CONNECTED' && error.outcome === 'unknown') return EXIT.timeout
  return BY_ERROR[error.code]
}
