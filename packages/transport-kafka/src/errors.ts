import { BotbusError, type ErrorCode, type Outcome } from '@botbus/core'
import { credentialsRefused, type Remote, toLostError, toSocketError } from '@botbus/core/transport-kit'

/*
 * Errors of the protocol and of sockets -> `BotbusError`, in one place. Names: https://kafka.apache.org/protocol#protocol_error_codes
 */

/** What the messages name: where we connect and who we are. Never credentials. */
export interface Peer extends Pick<Remote, 'label' | 'host'> {
  readonly username: string | undefined
  readonly sasl: string
}

/** What a broker answered instead of what it was asked for. */
export class ProtocolFailure extends Error {
  override readonly name = 'ProtocolFailure'
  /** As the protocol names it, such as `MESSAGE_TOO_LARGE`. */
  readonly type: string

  constructor(type: string, detail = '') {
    super(detail === '' ? type : `${type}: ${detail}`)
    this.type = type
  }
}

/** Why connecting failed. Errors that are ours already pass unchanged. */
export function toConnectError(cause: unknown, peer: Peer): BotbusError {
  const { label, username, sasl } = peer
  if (cause instanceof ProtocolFailure) {
    switch (cause.type) {
      case 'SASL_AUTHENTICATION_FAILED':
        return new BotbusError('UNAUTHORIZED', `${label}: ${credentialsRefused(username)} (${sasl})`, { cause })
      case 'UNSUPPORTED_SASL_MECHANISM': {
        const text = `option "sasl" is ${sasl}, which the broker does not offer (${cause.message})`
        return new BotbusError('INVALID_ARGUMENT', `${label}: ${text}`, { cause })
      }
      case 'ILLEGAL_SASL_STATE': {
        const text = 'the broker does not ask for a login on that port; leave out username and password'
        return new BotbusError('INVALID_ARGUMENT', `${label}: ${text}`, { cause })
      }
      default:
        return toProtocolError(cause, `${label}: connecting`)
    }
  }
  return toSocketError(cause, { ...peer, kind: 'a Kafka', plainScheme: 'kafka://', secureScheme: 'kafkas://' })
}

/** Why a connection that was up went down. */
export function toLossError(cause: unknown, peer: Peer): BotbusError {
  if (cause instanceof ProtocolFailure) {
    return new BotbusError('NOT_CONNECTED', `${peer.label}: connection given up: ${cause.message}`, { cause })
  }
  return toLostError(cause, peer)
}

/** Why the broker refused something. `what` is for the message. */
export function toProtocolError(cause: ProtocolFailure, what: string): BotbusError {
  const [code, outcome] = MEANING[cause.type] ?? (['NOT_CONNECTED', 'unknown'] as const)
  return new BotbusError(code, `${what}: the broker answered ${cause.message}`, { outcome, cause })
}

// Not here: `NOT_LEADER_FOR_PARTITION`. A leader that steps down while it waits for its followers says so of what it has written.
const MEANING: Readonly<Record<string, readonly [ErrorCode, Outcome]>> = {
  TOPIC_AUTHORIZATION_FAILED: ['UNAUTHORIZED', 'not_sent'],
  GROUP_AUTHORIZATION_FAILED: ['UNAUTHORIZED', 'not_sent'],
  CLUSTER_AUTHORIZATION_FAILED: ['UNAUTHORIZED', 'not_sent'],
  POLICY_VIOLATION: ['UNAUTHORIZED', 'not_sent'],
  MESSAGE_TOO_LARGE: ['INVALID_PAYLOAD', 'not_sent'],
  RECORD_LIST_TOO_LARGE: ['INVALID_PAYLOAD', 'not_sent'],
  INVALID_RECORD: ['INVALID_PAYLOAD', 'not_sent'],
  INVALID_TOPIC_EXCEPTION: ['INVALID_ARGUMENT', 'not_sent'],
  INVALID_PARTITIONS: ['INVALID_ARGUMENT', 'not_sent'],
  INVALID_REPLICATION_FACTOR: ['INVALID_ARGUMENT', 'not_sent'],
  INVALID_CONFIG: ['INVALID_ARGUMENT', 'not_sent'],
  INVALID_SESSION_TIMEOUT: ['INVALID_ARGUMENT', 'not_sent'],
  INVALID_GROUP_ID: ['INVALID_ARGUMENT', 'not_sent'],
  GROUP_MAX_SIZE_REACHED: ['RESOURCE_EXHAUSTED', 'not_sent'],
  NOT_ENOUGH_REPLICAS: ['NOT_CONNECTED', 'not_sent'],
  OUT_OF_ORDER_SEQUENCE_NUMBER: ['NOT_CONNECTED', 'not_sent'],
  UNSUPPORTED_VERSION: ['UNSUPPORTED', 'not_sent'],
}
