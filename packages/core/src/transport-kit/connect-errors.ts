import { BotbusError, messageOf } from '../errors.ts'

/** What messages name: where we connect. Never credentials. */
export interface Remote {
  /** `mqtt://host:port` */
  readonly label: string
  readonly host: string
  /** What should listen there: `an MQTT`, `a Redis`. */
  readonly kind: string
  /** `mqtt://` */
  readonly plainScheme: string
  readonly secureScheme: string
}

const CERTIFICATE =
  /^(CERT_|CRL_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_)/
const CLIENT_CERTIFICATE = /^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/
/** The other side closed while we spoke. */
const CLOSED = new Set(['', 'ECONNRESET', 'EPIPE', 'ECONNABORTED'])
const NO_TLS_THERE = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'])

/**
 * Why a socket could not be opened or was closed before the broker answered: `UNAUTHORIZED` for certificates, else
 * `NOT_CONNECTED`, with a hint what to do. Errors that are ours already pass unchanged.
 */
export function toSocketError(cause: unknown, remote: Remote): BotbusError {
  if (BotbusError.is(cause)) return cause
  const code = nativeCode(cause)
  const { label, host } = remote
  if (CERTIFICATE.test(code)) {
    const text = `${label}: ${certificateProblem(code, host)} (${messageOf(cause)})`
    return new BotbusError('UNAUTHORIZED', text, { cause })
  }
  if (CLIENT_CERTIFICATE.test(code)) {
    const reason = 'the broker refused our TLS certificate or wants one: check tls.cert and tls.key'
    return new BotbusError('UNAUTHORIZED', `${label}: ${reason} (${messageOf(cause)})`, { cause })
  }
  return new BotbusError('NOT_CONNECTED', `${label}: ${networkProblem(code, remote)}`, { cause })
}

/** Why a link that was up went down. Without a cause, the broker closed it. */
export function toLostError(cause: unknown, { label }: Pick<Remote, 'label'>): BotbusError {
  if (BotbusError.is(cause)) return cause
  const text = cause === undefined ? 'the broker closed the connection' : messageOf(cause)
  return new BotbusError('NOT_CONNECTED', `${label}: connection lost: ${text}`, { cause })
}

/** The `code` of an error of Node, such as `ECONNREFUSED`; else empty. */
export function nativeCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The sentence for a refused login. Never shows the password. */
export function credentialsRefused(username: string | undefined): string {
  return username === undefined
    ? 'the broker refuses a client without a user name; set username and password'
    : `the broker refuses user "${username}"; check the password and the broker's access list`
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

function networkProblem(code: string, { host, kind, plainScheme, secureScheme }: Remote): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there; is the broker running, and is the port right?'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host name "${host}" cannot be resolved; is it spelled right?`
  if (NO_TLS_THERE.has(code)) return `that port does not speak TLS; use ${plainScheme} or the TLS port`
  if (CLOSED.has(code))
    return `the connection was closed before the broker answered; is it ${kind} port, and is it TLS (${secureScheme})?`
  return `cannot be reached (${code})`
}
