import { BotbusError, type ErrorCode, messageOf } from '@botbus/core'
import { credentialsRefused, nativeCode, toLostError, toSocketError } from '@botbus/core/transport-kit'
import type { Settings } from './options.ts'

/*
 * Native errors -> `BotbusError`, in one place. Reply codes: AMQP 0-9-1, section 1.2
 * (https://www.rabbitmq.com/amqp-0-9-1-reference.html#constants).
 */

export const REPLY = {
  accessRefused: 403,
  notFound: 404,
  resourceLocked: 405,
  preconditionFailed: 406,
  notAllowed: 530,
} as const

type Peer = Pick<Settings, 'label' | 'host' | 'vhost' | 'username'>

/** The reply code of an error that the broker sent. */
export function replyCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

/** Why connecting failed. Errors that are ours already pass unchanged. */
export function toConnectError(cause: unknown, peer: Peer): BotbusError {
  if (BotbusError.is(cause)) return cause
  const { label, username, vhost } = peer
  const refused = handshakeReplyCode(cause)
  if (refused === REPLY.accessRefused) {
    return new BotbusError('UNAUTHORIZED', `${label}: ${credentialsRefused(username)}`, { cause })
  }
  if (refused === REPLY.notAllowed) {
    const text = `the broker lets user "${username}" not into the vhost "${vhost}": does it exist, and may the user enter it?`
    return new BotbusError('UNAUTHORIZED', `${label}: ${text}`, { cause })
  }
  if (refused !== undefined) {
    return new BotbusError('NOT_CONNECTED', `${label}: the broker refuses connections: ${messageOf(cause)}`, { cause })
  }
  return toSocketError(cause, { ...peer, kind: 'an AMQP', plainScheme: 'amqp://', secureScheme: 'amqps://' })
}

/**
 * amqplib keeps the broker's reply code out of the errors of its handshake: it is in their text only, and for a refused vhost
 * not even there. This is the one place that reads text, and a test against a broker notices when the words change.
 */
function handshakeReplyCode(cause: unknown): number | undefined {
  const text = messageOf(cause)
  const code = /^Handshake terminated by server: (\d{3}) /.exec(text)?.[1]
  if (code !== undefined) return Number(code)
  return text.startsWith('Expected ConnectionOpenOk; got <ConnectionClose') ? REPLY.notAllowed : undefined
}

/** Why a link that was up went down. */
export function toLossError(cause: unknown, peer: Peer): BotbusError {
  // A socket's error has a name, the broker's a number; neither is shown with more than its text.
  if (BotbusError.is(cause) || nativeCode(cause) !== '') return toLostError(cause, peer)
  return new BotbusError('NOT_CONNECTED', `${peer.label}: connection lost: ${messageOf(cause)}`, { cause })
}

const CODE_OF_REPLY: Readonly<Record<number, ErrorCode>> = {
  311: 'INVALID_PAYLOAD', // content too large
  [REPLY.accessRefused]: 'UNAUTHORIZED',
  [REPLY.notFound]: 'INVALID_ARGUMENT',
  [REPLY.resourceLocked]: 'INVALID_ARGUMENT',
  [REPLY.preconditionFailed]: 'INVALID_ARGUMENT',
  [REPLY.notAllowed]: 'INVALID_ARGUMENT',
  506: 'RESOURCE_EXHAUSTED',
}

const HINT: Readonly<Record<number, string>> = {
  [REPLY.resourceLocked]: 'another connection has a queue of that name for itself alone',
  [REPLY.preconditionFailed]: 'a queue of that name exists with other properties',
}

/** Why the broker refused an operation. Without a reply code the link went down. */
export function toOperationError(cause: unknown, what: string): BotbusError {
  if (BotbusError.is(cause)) return cause
  const code = replyCode(cause)
  if (code === undefined) {
    return new BotbusError('NOT_CONNECTED', `the link went down before the broker agreed to ${what}`, {
      outcome: 'unknown',
      cause,
    })
  }
  const hint = HINT[code]
  const text = `the broker refused ${what}${hint === undefined ? '' : ` (${hint})`}: ${messageOf(cause)}`
  return new BotbusError(CODE_OF_REPLY[code] ?? 'INTERNAL', text, { outcome: 'not_sent', cause })
}
