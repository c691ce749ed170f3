import type { CodecLimits } from './codec.ts'
import { type Encoded, encodeReply } from './envelope.ts'
import { type BotbusError, toBotbusError } from './errors.ts'
import { DeclaredError } from './request-context.ts'
import type { Capabilities } from './transport.ts'

/** How the replies of one service are written. */
export interface ReplyFormat {
  readonly mode: Capabilities['headers']
  readonly limits: CodecLimits
  /** See `ServeOptions`. */
  readonly answerError: ((error: BotbusError | DeclaredError) => unknown) | undefined
}

/** Throws `INVALID_PAYLOAD` for what the codec refuses. A handler that returned nothing answers `null`. */
export function encodeAnswer(format: ReplyFormat, data: unknown): Encoded {
  return encodeReply(format.mode, { headers: {}, data }, format.limits)
}

const SHORT = 1_000

/** Code, message and declared data, never a stack. Never throws: what cannot be told in full is told in short. */
export function encodeFailure(format: ReplyFormat, thrown: unknown): Encoded {
  const { mode, limits, answerError } = format
  const error = thrown instanceof DeclaredError ? thrown : toBotbusError(thrown)
  const { code, message } = error
  try {
    if (answerError) return encodeAnswer(format, answerError(error))
    const data = error instanceof DeclaredError ? error.data : undefined
    return encodeReply(mode, { headers: {}, error: { code, message, data } }, limits)
  } catch {
    return encodeReply(mode, { headers: {}, error: { code, message: message.slice(0, SHORT) } }, limits)
  }
}
