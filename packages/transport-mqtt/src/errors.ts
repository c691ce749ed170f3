import { BotbusError, type ErrorCode } from '@botbus/core'
import { credentialsRefused, type Remote, toLostError, toSocketError } from '@botbus/core/transport-kit'

/*
 * Native errors and MQTT reason codes -> `BotbusError`, in one place. Reason codes: MQTT 5, section 2.4
 * (https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031); 1 to 5 are the return codes of MQTT 3.1.1.
 */

/** What the messages name: where we connect and who we are. Never credentials. */
export interface Peer extends Pick<Remote, 'label' | 'host'> {
  readonly username: string | undefined
  readonly clientId: string
}

export const REASON = {
  noMatchingSubscribers: 0x10,
  sessionTakenOver: 0x8e,
} as const

/** A CONNACK that refuses, or a server's DISCONNECT. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly reason: number

  constructor(reason: number) {
    super(`the broker answered with reason code 0x${reason.toString(16).padStart(2, '0')}`)
    this.reason = reason
  }
}

/** The broker closed the connection in place of an answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'

  constructor() {
    super('closed before the broker answered')
  }
}

/** What arrived is not MQTT, or none that a broker may send. */
export class MalformedPacket extends Error {
  override readonly name = 'MalformedPacket'

  constructor(what: string) {
    super(`the broker sent a malformed MQTT packet: ${what}`)
  }
}

/**
 * The broker does not speak the protocol version we asked for. A connection that is closed in place of an answer says so too (RabbitMQ
 * before 3.13, asked for MQTT 5), unless the version `isProven`: a broker that is being stopped closes connections as well.
 */
export function isProtocolRefusal(error: unknown, isProven: boolean): boolean {
  if (!BotbusError.is(error)) return false
  if (error.cause instanceof NoAnswer) return !isProven
  if (!(error.cause instanceof Refusal)) return false
  return error.cause.reason === 0x01 || error.cause.reason === 0x84
}

export function isTakeover(error: BotbusError): boolean {
  return error.cause instanceof Refusal && error.cause.reason === REASON.sessionTakenOver
}

/** Why connecting failed. Errors that are ours already pass unchanged. */
export function toConnectError(cause: unknown, peer: Peer): BotbusError {
  if (cause instanceof Refusal) return refused(cause, peer)
  return toSocketError(cause, { ...peer, kind: 'an MQTT', plainScheme: 'mqtt://', secureScheme: 'mqtts://' })
}

/** Why a link that was up went down. */
export function toLossError(cause: unknown, peer: Peer): BotbusError {
  if (!(cause instanceof Refusal) || cause.reason !== REASON.sessionTakenOver) return toLostError(cause, peer)
  const text = `another client uses the client id "${peer.clientId}"; give each process a clientId of its own`
  return new BotbusError('NOT_CONNECTED', `${peer.label}: ${text}`, { cause })
}

/** Why a publish or a subscription was refused. */
export function toReasonError(reason: number, what: string): BotbusError {
  const cause = new Refusal(reason)
  return new BotbusError(CODE_OF_REASON[reason] ?? 'UNAUTHORIZED', `the broker refused ${what}: ${cause.message}`, {
    outcome: 'not_sent',
    cause,
  })
}

const CODE_OF_REASON: Readonly<Record<number, ErrorCode>> = {
  143: 'INVALID_ARGUMENT', // topic filter invalid
  144: 'INVALID_ARGUMENT', // topic name invalid
  149: 'INVALID_PAYLOAD', // packet too large
  151: 'RESOURCE_EXHAUSTED', // quota exceeded
  153: 'INVALID_PAYLOAD', // payload format invalid
  154: 'UNSUPPORTED', // retain
  155: 'UNSUPPORTED', // QoS
  158: 'UNSUPPORTED', // shared subscriptions
  161: 'UNSUPPORTED', // subscription identifiers
  162: 'UNSUPPORTED', // wildcard subscriptions
}

function refused(cause: Refusal, peer: Peer): BotbusError {
  const { label, username, clientId } = peer
  switch (cause.reason) {
    case 0x01:
    case 0x84:
      return new BotbusError(
        'INVALID_ARGUMENT',
        `${label}: the broker does not speak that version of MQTT; leave protocolVersion out`,
        { cause },
      )
    case 0x02:
    case 0x85:
      return new BotbusError('INVALID_ARGUMENT', `${label}: the broker refuses the clientId "${clientId}"`, { cause })
    case 0x04:
    case 0x05:
    case 0x86:
    case 0x87:
    case 0x8a:
    case 0x8c:
      return new BotbusError('UNAUTHORIZED', `${label}: ${credentialsRefused(username)}`, { cause })
    default:
      return new BotbusError('NOT_CONNECTED', `${label}: ${cause.message}`, { cause })
  }
}
