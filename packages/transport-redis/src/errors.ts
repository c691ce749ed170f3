import { BotbusError, type ErrorCode, messageOf } from '@botbus/core'
import { credentialsRefused, type Remote, toLostError, toSocketError } from '@botbus/core/transport-kit'
import { ReplyError } from 'ioredis'

/*
 * Native errors and Redis's error replies -> `BotbusError`, in one place. An error reply begins with a code in capitals
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors); what follows is prose, which nobody matches on.
 */

/** What the messages name: where we connect and who we are. Never credentials. */
export interface Peer extends Pick<Remote, 'label' | 'host'> {
  readonly username: string | undefined
}

/** `WRONGPASS`, `ERR`, ...; `undefined` for anything but an error reply. */
export function replyCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !(error instanceof (ReplyError as typeof Error))) return undefined
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR'
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  WRONGPASS: 'UNAUTHORIZED',
  NOAUTH: 'UNAUTHORIZED',
  NOPERM: 'UNAUTHORIZED',
  DENIED: 'UNAUTHORIZED', // protected mode
  LOADING: 'NOT_CONNECTED',
  READONLY: 'NOT_CONNECTED',
  MASTERDOWN: 'NOT_CONNECTED',
  CLUSTERDOWN: 'NOT_CONNECTED',
  MOVED: 'NOT_CONNECTED',
  ASK: 'NOT_CONNECTED',
  TRYAGAIN: 'NOT_CONNECTED',
  BUSY: 'NOT_CONNECTED',
  NOREPLICAS: 'NOT_CONNECTED',
  OOM: 'RESOURCE_EXHAUSTED',
  MISCONF: 'RESOURCE_EXHAUSTED', // it cannot write to its disk
  WRONGTYPE: 'INVALID_ARGUMENT',
  CROSSSLOT: 'UNSUPPORTED',
}

/** These servers are not, or no longer, the ones to talk to: another connection may find the right one. */
const MISPLACED = new Set(['LOADING', 'READONLY', 'MASTERDOWN', 'MOVED'])

/** ioredis puts the refused command into its error, with passwords and payloads: only its name may end up in a log. */
function withoutArguments(error: unknown): unknown {
  if (error instanceof Error && 'command' in error) error.command = { name: commandOf(error) }
  return error
}

/** Why connecting failed. Errors that are ours already pass unchanged. */
export function toConnectError(native: unknown, peer: Peer): BotbusError {
  const cause = withoutArguments(native)
  const code = replyCode(cause)
  if (code === undefined) {
    return toSocketError(cause, { ...peer, kind: 'a Redis', plainScheme: 'redis://', secureScheme: 'rediss://' })
  }
  const { label, username } = peer
  if (code === 'NOAUTH' || code === 'WRONGPASS') {
    return new BotbusError('UNAUTHORIZED', `${label}: ${credentialsRefused(username)}`, { cause })
  }
  if (commandOf(cause) === 'select') {
    return new BotbusError('INVALID_ARGUMENT', `${label}: no such database (${messageOf(cause)})`, { cause })
  }
  // Everything else, such as too many clients, may pass.
  return new BotbusError(CODES[code] ?? 'NOT_CONNECTED', `${label}: ${messageOf(cause)}`, { cause })
}

/** Why a link that was up went down. */
export function toLossError(cause: unknown, peer: Peer): BotbusError {
  return toLostError(withoutArguments(cause), peer)
}

/** Why Redis refused a command, which then had no effect. What is no reply is ioredis giving up a connection that has not closed yet. */
export function toReplyError(native: unknown, what: string): BotbusError {
  if (BotbusError.is(native)) return native
  const cause = withoutArguments(native)
  const reply = replyCode(cause)
  if (reply === undefined) {
    return new BotbusError('NOT_CONNECTED', `the connection to Redis ends: ${messageOf(cause)}`, {
      outcome: 'unknown',
      cause,
    })
  }
  const code = CODES[reply] ?? 'INTERNAL'
  return new BotbusError(code, `Redis refused ${what}: ${messageOf(cause)}`, { outcome: 'not_sent', cause })
}

/** Why the link is of no use any more after that error reply, if so. */
export function toMisplacedError(native: unknown, { label }: Peer): BotbusError | undefined {
  if (!MISPLACED.has(replyCode(native) ?? '')) return undefined
  const cause = withoutArguments(native)
  return new BotbusError('NOT_CONNECTED', `${label}: another server has to be found: ${messageOf(cause)}`, { cause })
}

function commandOf(error: unknown): unknown {
  return error instanceof Error && 'command' in error
    ? (error.command as { name?: unknown } | undefined)?.name
    : undefined
}
