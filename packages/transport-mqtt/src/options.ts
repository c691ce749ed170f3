import { randomBytes } from 'node:crypto'
import { assertTopic, BotbusError } from '@botbus/core'

/** Certificates as PEM text, never as file names. */
export interface TlsOptions {
  /** The authorities to trust. Default: those that Node trusts. */
  ca?: string
  /** The client's certificate; needs `key`. */
  cert?: string
  key?: string
  /** The name that the broker's certificate must carry. Default: the host of `url`. */
  servername?: string
  /** Takes any certificate, from anybody: the link is encrypted but not authenticated. Connecting warns. */
  insecureSkipVerify?: boolean
}

/** What the broker publishes for us when our link breaks without a goodbye. */
export interface LastWill {
  topic: string
  payload: string | Uint8Array
  qos?: 0 | 1
  retain?: boolean
}

export interface MqttOptions {
  /** `mqtt://host[:1883]` or `mqtts://host[:8883]`, optionally with `user:password@`, percent-encoded. */
  url: string
  username?: string
  password?: string
  /** Of the connection that subscribes. The one that publishes appends `-pub`. Default: a random one. */
  clientId?: string
  /** Replies from bots at `{namespace}/{bot}/...` arrive under the bot's own prefix. Default `['hbot']`. */
  namespaces?: readonly string[]
  tls?: TlsOptions
  lastWill?: LastWill
  /** 5 is MQTT 5, 4 is MQTT 3.1.1. Default: 5, and 4 when the broker refuses 5. */
  protocolVersion?: 4 | 5
  /** Seconds between signs of life; a frozen link is noticed after 1.5 times that. Default 15. */
  keepalive?: number
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /**
   * 2 (default): one connection publishes, the other subscribes. 1: a single one, for brokers that derive the client id
   * from the user name; calls then take 40 to 90 ms longer unless the broker sets `set_tcp_nodelay`.
   */
  connections?: 1 | 2
}

/** `MqttOptions`, checked, with defaults. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** `mqtt://host:port`, for messages: without credentials. */
  readonly label: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly clientIds: { readonly subscriber: string; readonly publisher: string }
  readonly namespaces: readonly string[]
  readonly tls: TlsOptions
  readonly lastWill: LastWill | undefined
  readonly protocolVersion: 4 | 5 | undefined
  readonly keepalive: number
  readonly connectTimeout: number
  readonly connections: 1 | 2
}

const DEFAULT_PORTS = { 'mqtt:': 1883, 'mqtts:': 8883 } as const

export function invalid(option: string, reason: string, cause?: unknown): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', `mqtt option "${option}" ${reason}`, cause === undefined ? {} : { cause })
}

/** Throws `INVALID_ARGUMENT` with the option's name. Never shows a password. */
export function parseOptions(options: MqttOptions): Settings {
  const { secure, host, port, ...credentials } = parseUrl(options.url)
  const username = options.username ?? credentials.username
  const password = options.password ?? credentials.password
  if (password !== undefined && username === undefined) throw invalid('password', 'needs a username')
  const { namespaces = ['hbot'], lastWill, protocolVersion, connections = 2 } = options
  for (const namespace of namespaces) checkTopic('namespaces', namespace)
  if (lastWill) checkTopic('lastWill', lastWill.topic)
  if (protocolVersion !== undefined) checkOneOf('protocolVersion', protocolVersion, [4, 5])
  checkOneOf('connections', connections, [1, 2])
  return {
    host,
    port,
    secure,
    label: `${secure ? 'mqtts' : 'mqtt'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    username,
    password,
    clientIds: clientIds(options.clientId),
    namespaces: [...namespaces].sort((a, b) => b.length - a.length),
    tls: checkTls(options.tls ?? {}, secure),
    lastWill,
    protocolVersion,
    keepalive: checkRange('keepalive', options.keepalive ?? 15, 1, 65_535),
    connectTimeout: checkRange('connectTimeout', options.connectTimeout ?? 10_000, 1, 2 ** 31 - 1),
    connections,
  }
}

function parseUrl(text: string): Pick<Settings, 'host' | 'port' | 'secure' | 'username' | 'password'> {
  if (!URL.canParse(text)) throw invalid('url', 'is not a URL like mqtt://host:1883 (its port must be below 65536)')
  const url = new URL(text)
  if (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:') {
    throw invalid('url', `must begin with mqtt:// or mqtts://, not ${url.protocol}//`)
  }
  if (url.hostname === '') throw invalid('url', 'names no host')
  if (url.port === '0') throw invalid('url', 'has port 0')
  if (!['', '/'].includes(url.pathname) || url.search || url.hash) {
    throw invalid('url', 'must end after the port: MQTT knows no path, query or fragment')
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port),
    secure: url.protocol === 'mqtts:',
    username: decode(url.username, 'user name'),
    password: decode(url.password, 'password'),
  }
}

function decode(text: string, part: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    // The native error would repeat the text, which may be the password.
    throw invalid('url', `has a ${part} with a % that is not part of a percent-encoded character; write it as %25`)
  }
}

function clientIds(clientId: string | undefined): Settings['clientIds'] {
  // Together within the 23 characters that every MQTT 3.1.1 broker takes.
  const id = clientId ?? `botbus-${randomBytes(6).toString('hex')}`
  if (id === '' || id.length > 200 || /\p{Cc}|\p{Cs}/u.test(id)) {
    throw invalid('clientId', 'must have 1 to 200 characters and no control characters')
  }
  return { subscriber: id, publisher: `${id}-pub` }
}

function checkTls(tls: TlsOptions, secure: boolean): TlsOptions {
  const isSet = Object.values(tls).some((value) => value !== undefined && value !== false)
  if (isSet && !secure) throw invalid('tls', 'is set, but the url is mqtt://, which does not encrypt; write mqtts://')
  for (const name of ['ca', 'cert', 'key'] as const) {
    const text = tls[name]
    if (text !== undefined && !text.includes('-----BEGIN ')) {
      throw invalid(`tls.${name}`, 'must be PEM text (-----BEGIN ...), not a file name')
    }
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw invalid(tls.cert === undefined ? 'tls.cert' : 'tls.key', 'is missing: a client certificate needs both')
  }
  return tls
}

function checkTopic(option: string, topic: string): void {
  try {
    assertTopic(topic)
  } catch (cause) {
    throw invalid(option, `holds an invalid topic: ${BotbusError.is(cause) ? cause.message : String(cause)}`, cause)
  }
}

function checkOneOf(option: string, value: number, accepted: readonly number[]): void {
  if (!accepted.includes(value)) throw invalid(option, `must be ${accepted.join(' or ')}, not ${value}`)
}

function checkRange(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(option, `must be a whole number from ${least} to ${most}, not ${value}`)
}
