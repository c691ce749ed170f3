import { checkTls, OptionChecks, parseBrokerUrl, type TlsOptions } from '@botbus/core/transport-kit'

export interface AmqpOptions {
  /**
   * `amqp://host[:5672][/vhost]` or `amqps://host[:5671][/vhost]`, optionally with `user:password@`; credentials and vhost are
   * percent-encoded. Without a vhost: `/`.
   */
  url: string
  /** Default: those of the URL, and `guest`, `guest` when neither names any. */
  username?: string
  password?: string
  tls?: TlsOptions
  /** Seconds between signs of life; a frozen link is noticed after 1.5 to 2 times that. Default 15. */
  keepalive?: number
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /**
   * Also `?mqttBots=true` in the URL: a call that no AMQP server takes goes to the bot that is connected to the same RabbitMQ over
   * MQTT. Default false.
   */
  mqttBots?: boolean
  /** With `mqttBots`: where such bots live, at `{namespace}/{bot}/...`. Default `['hbot']`. */
  namespaces?: readonly string[]
  /** What durable groups (`atLeastOnce`) are kept in; `quorum` replicates them in a cluster. Default `classic`. */
  durableQueues?: 'classic' | 'quorum'
}

/** `AmqpOptions`, checked, with defaults. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** `amqp://host:port`, for messages: without credentials. */
  readonly label: string
  readonly username: string
  readonly password: string
  readonly tls: TlsOptions
  readonly keepalive: number
  readonly connectTimeout: number
  readonly vhost: string
  readonly mqttBots: boolean
  readonly namespaces: readonly string[]
  readonly durableQueues: 'classic' | 'quorum'
}

export const checks: OptionChecks = new OptionChecks('amqp')

const SCHEMES = { plain: 'amqp', secure: 'amqps', ports: [5672, 5671] } as const

/** Throws `INVALID_ARGUMENT` with the option's name. Never shows a password. */
export function parseOptions(options: AmqpOptions): Settings {
  const url = parseBrokerUrl(checks, options.url, SCHEMES)
  const { secure, host, port, label, endpoints } = url
  if (endpoints.length > 1) throw checks.invalid('url', 'must name one host')
  const username = options.username ?? url.username
  const password = options.password ?? url.password
  if (password !== undefined && username === undefined) throw checks.invalid('password', 'needs a username')
  const { namespaces = ['hbot'], durableQueues = 'classic', tls = {} } = options
  for (const namespace of namespaces) checks.topic('namespaces', namespace)
  checks.oneOf('durableQueues', durableQueues, ['classic', 'quorum'])
  return {
    host,
    port,
    secure,
    label,
    username: username ?? 'guest',
    password: password ?? (username === undefined ? 'guest' : ''),
    tls: checkTls(checks, tls, { secure, plainScheme: 'amqp://', secureScheme: 'amqps://' }),
    keepalive: checks.range('keepalive', options.keepalive ?? 15, 1, 65_535),
    connectTimeout: checks.duration('connectTimeout', options.connectTimeout ?? 10_000),
    vhost: url.path || '/',
    mqttBots: checks.oneOf('mqttBots', options.mqttBots ?? mqttBotsOf(url.query), [true, false]),
    namespaces: [...namespaces].sort((a, b) => b.length - a.length),
    durableQueues,
  }
}

function mqttBotsOf(query: URLSearchParams): boolean {
  for (const key of query.keys()) {
    if (key !== 'mqttBots') throw checks.invalid('url', 'knows no query but mqttBots')
  }
  const value = query.get('mqttBots')
  if (value !== null && value !== 'true' && value !== 'false') {
    throw checks.invalid('url', 'must have true or false behind mqttBots=')
  }
  return value === 'true'
}
