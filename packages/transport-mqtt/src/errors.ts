import { BotbusError, type ErrorCode, messageOf } from '@botbus/core'

/*
 * Native errors and MQTT reason codes -> `BotbusError`, in one place. Reason codes: MQTT 5, section 2.4
 * (https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031); 1 to 5 are the return codes of MQTT 3.1.1.
 */

/** What the messages name: where we connect and who we are. Never credentials. */
export interface Peer {
  readonly label: string
  readonly host: string
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

/** The broker does not speak the protocol version we asked for. */
export function isProtocolRefusal(error: unknown): boolean {
  if (!BotbusError.is(error) || !(error.cause instanceof Refusal)) return false
  return error.cause.reason === 0x01 || error.cause.reason === 0x84
}

export function isTakeover(error: BotbusError): boolean {
  return error.cause instanceof Refusal && error.cause.reason === REASON.sessionTakenOver
}

const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_)/
const CLIENT_CERTIFICATE = /^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/
const NO_TLS_THERE = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'])

/** Why connecting failed. Errors that are ours already pass unchanged. */
export function toConnectError(cause: unknown, peer: Peer): BotbusError {
  if (BotbusError.is(cause)) return cause
  if (cause instanceof Refusal) return refused(cause, peer)
  const code = codeOf(cause)
  const { label, host } = peer
  if (CERTIFICATE.test(code)) {
    return new BotbusError('UNAUTHORIZED', `${label}: ${certificateProblem(code, host)} (${messageOf(cause)})`, {
      cause,
    })
  }
  if (CLIENT_CERTIFICATE.test(code)) {
    const reason = `the broker refused our TLS certificate or wants one: check tls.cert and tls.key`
    return new BotbusError('UNAUTHORIZED', `${label}: ${reason} (${messageOf(cause)})`, { cause })
  }
  return new BotbusError('NOT_CONNECTED', `${label}: ${networkProblem(code, host)}`, { cause })
}

/** Why a link that was up went down. */
export function toLossError(cause: unknown, peer: Peer): BotbusError {
  if (BotbusError.is(cause)) return cause
  if (cause instanceof Refusal && cause.reason === REASON.sessionTakenOver) {
    const text = `another client uses the client id "${peer.clientId}"; give each process a clientId of its own`
    return new BotbusError('NOT_CONNECTED', `${peer.label}: ${text}`, { cause })
  }
  const text = cause === undefined ? 'the broker closed the connection' : messageOf(cause)
  return new BotbusError('NOT_CONNECTED', `${peer.label}: connection lost: ${text}`, { cause })
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
    case 0x8c: {
      const who =
        username === undefined
          ? 'a client without a user name; set username and password'
          : `user "${username}"; check the password and the broker's access list`
      return new BotbusError('UNAUTHORIZED', `${label}: the broker refuses ${who}`, { cause })
    }
    default:
      return new BotbusError('NOT_CONNECTED', `${label}: ${cause.message}`, { cause })
  }
}

function certificateProblem(code: string, host: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the broker's certificate is not for "${host}"; connect by a name it carries, or set tls.servername`
  }
  if (code === 'CERT_HAS_EXPIRED')
    return "the broker's certificate has expired; renew it, or set this machine's clock right"
  if (code === 'CERT_NOT_YET_VALID') return "the broker's certificate is not valid yet; set this machine's clock right"
  return "the broker's certificate is not from an authority we trust; name the one that issued it in tls.ca"
}

function networkProblem(code: string, host: string): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there; is the broker running, and is the port right?'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host name "${host}" cannot be resolved; is it spelled right?`
  if (NO_TLS_THERE.has(code)) return 'that port does not speak TLS; use mqtt:// or the TLS port (often 8883)'
  if (code === 'ECONNRESET' || code === '')
    return 'the connection was closed before the broker answered; is it an MQTT port, and is it TLS (mqtts://)?'
  return `cannot be reached (${code})`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
