import { randomBytes } from 'node:crypto'
import { assertNoPath, checkTls, OptionChecks, parseBrokerUrl, type TlsOptions } from '@botbus/core/transport-kit'

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
  tls?: TlsOptions
  /** Seconds between signs of life; a frozen link is noticed after 1.5 times that. Default 15. */
  keepalive?: number
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /** Of the connection that subscribes; a second one that publishes appends `-pub`. Default: a random one. */
  clientId?: string
  /** Replies from bots at `{namespace}/{bot}/...` arrive under the bot's own prefix. Default `['hbot']`. */
  namespaces?: readonly string[]
  lastWill?: LastWill
  /** 5 is MQTT 5, 4 is MQTT 3.1.1. Default: 5, and 4 when the broker refuses 5. */
  protocolVersion?: 4 | 5
  /** 1 (default): a single one. 2: one subscribes, the other publishes. */
  connections?: 1 | 2
  /**
   * QoS with which the broker hands requests to servers and replies to callers. 0 (default), or 1 for brokers that drop messages of QoS 0
   * when they are busy; each call costs the broker more then.
   */
  callQos?: 0 | 1
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
  readonly tls: TlsOptions
  readonly keepalive: number
  readonly connectTimeout: number
  readonly clientIds: { readonly subscriber: string; readonly publisher: string }
  readonly namespaces: readonly string[]
  readonly lastWill: LastWill | undefined
  readonly protocolVersion: 4 | 5 | undefined
  readonly connections: 1 | 2
  readonly callQos: 0 | 1
}

export const checks: OptionChecks = new OptionChecks('mqtt')

const SCHEMES = { plain: 'mqtt', secure: 'mqtts', ports: [1883, 8883] } as const

/** Throws `INVALID_ARGUMENT` with the option's name. Never shows a password. */
export function parseOptions(options: MqttOptions): Settings {
  const url = parseBrokerUrl(checks, options.url, SCHEMES)
  const { secure, host, port, label, endpoints } = url
  assertNoPath(checks, url, 'MQTT')
  if (endpoints.length > 1) throw checks.invalid('url', 'must name one host')
  const username = options.username ?? url.username
  const password = options.password ?? url.password
  if (password !== undefined && username === undefined) throw checks.invalid('password', 'needs a username')
  const { namespaces = ['hbot'], lastWill, protocolVersion, connections = 1, callQos = 0, tls = {} } = options
  for (const namespace of namespaces) checks.topic('namespaces', namespace)
  if (lastWill) checks.topic('lastWill', lastWill.topic)
  if (protocolVersion !== undefined) checks.oneOf('protocolVersion', protocolVersion, [4, 5])
  checks.oneOf('connections', connections, [1, 2])
  checks.oneOf('callQos', callQos, [0, 1])
  return {
    host,
    port,
    secure,
    label,
    username,
    password,
    tls: checkTls(checks, tls, { secure, plainScheme: 'mqtt://', secureScheme: 'mqtts://' }),
    keepalive: checks.range('keepalive', options.keepalive ?? 15, 1, 65_535),
    connectTimeout: checks.duration('connectTimeout', options.connectTimeout ?? 10_000),
    clientIds: clientIds(options.clientId),
    namespaces: [...namespaces].sort((a, b) => b.length - a.length),
    lastWill,
    protocolVersion,
    connections,
    callQos,
  }
}

function clientIds(clientId: string | undefined): Settings['clientIds'] {
  // Together within the 23 characters that every MQTT 3.1.1 broker takes.
  const id = clientId ?? `botbus-${randomBytes(6).toString('hex')}`
  if (id === '' || id.length > 200 || /\p{Cc}|\p{Cs}/u.test(id)) {
    throw checks.invalid('clientId', 'must have 1 to 200 characters and no control characters')
  }
  return { subscriber: id, publisher: `${id}-pub` }
}
