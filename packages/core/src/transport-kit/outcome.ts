import { BotbusError, type Outcome } from '../errors.ts'

/** Why the link is down, for an operation of which that much is known. */
export function withOutcome({ code, message, cause }: BotbusError, outcome: Outcome): BotbusError {
  return new BotbusError(code, message, { outcome, cause })
}
