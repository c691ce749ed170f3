import { randomBytes } from 'node:crypto'
import { checkTls, type Endpoint, OptionChecks, parseBrokerUrl, type TlsOptions } from '@botbus/core/transport-kit'
import { kafkaNameOf } from './topics.ts'

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
export type SaslMechanism = (typeof SASL_MECHANISMS)[number]

/** Milliseconds for which a topic that we create keeps its records. */
export interface Retention {
  /** Default 24 hours. */
  messages?: number
  /** Of requests. Default 10 minutes. */
  commands?: number
  /** Default 10 minutes. */
  replies?: number
}

export interface KafkaOptions {
  /**
   * `kafka://host[:9092]` or `kafkas://host[:9093]`, several hosts joined by commas, optionally with `user:password@`,
   * percent-encoded, and with `?prefix=`, `sasl=`, `partitions=`, `replicationFactor=` and `ownTopics=a/b,c/d`.
   */
  url: string
  username?: string
  password?: string
  tls?: TlsOptions
  /** Seconds between signs of life; a frozen link is noticed after 1.5 times that. Default 15. */
  keepalive?: number
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /** How user and password are proven. Default `plain`, where a user name is given. */
  sasl?: SaslMechanism
  /** What the broker's logs and quotas know us by. Default: a random one. */
  clientId?: string
  /** The Kafka topics are `{prefix}.messages`, `{prefix}.commands` and `{prefix}.replies`. Default `botbus`. */
  prefix?: string
  /** Of each topic that we create. Default 12. */
  partitions?: number
  /** Of each topic that we create. Default -1, the broker's default. */
  replicationFactor?: number
  retention?: Retention
  /**
   * Topics that live in Kafka topics of their own, for other programs: `lab/in` is the Kafka topic `lab.in`. Publish and
   * subscribe only, with nothing but the payload in a record.
   */
  ownTopics?: readonly string[]
}

/** `KafkaOptions`, checked, with defaults. */
export interface Settings {
  readonly endpoints: readonly Endpoint[]
  readonly secure: boolean
  /** `kafka://host:port,host:port`, for messages: without credentials. */
  readonly label: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls: TlsOptions
  readonly keepalive: number
  readonly connectTimeout: number
  readonly sasl: SaslMechanism
  readonly clientId: string
  readonly prefix: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly retention: Required<Retention>
  readonly ownTopics: readonly string[]
}

export const checks: OptionChecks = new OptionChecks('kafka')

const SCHEMES = { plain: 'kafka', secure: 'kafkas', ports: [9092, 9093] } as const
const QUERY = ['prefix', 'sasl', 'partitions', 'replicationFactor', 'ownTopics']
const MINUTE = 60_000

/** Throws `INVALID_ARGUMENT` with the option's name. Never shows a password. */
export function parseOptions(options: KafkaOptions): Settings {
  const url = parseBrokerUrl(checks, options.url, SCHEMES)
  const { secure, label, endpoints, query } = url
  if (url.path !== '') throw checks.invalid('url', 'must have no path; the prefix of the topics is ?prefix=')
  for (const name of query.keys()) {
    if (!QUERY.includes(name))
      throw checks.invalid('url', `has an unknown parameter "${name}"; known: ${QUERY.join(', ')}`)
  }
  const username = options.username ?? url.username
  const password = options.password ?? url.password
  if ((password === undefined) !== (username === undefined)) {
    throw checks.invalid(password === undefined ? 'password' : 'username', 'is missing: a login needs both')
  }
  const given = options.sasl ?? query.get('sasl') ?? undefined
  const sasl = mechanism(given ?? 'plain')
  if (given !== undefined && username === undefined) throw checks.invalid('sasl', 'needs a username and password')
  const ownPrefix = prefix(options.prefix ?? query.get('prefix') ?? 'botbus')
  const { messages = 24 * 60 * MINUTE, commands = 10 * MINUTE, replies = 10 * MINUTE } = options.retention ?? {}
  return {
    endpoints,
    secure,
    label,
    username,
    password,
    tls: checkTls(checks, options.tls ?? {}, { secure, plainScheme: 'kafka://', secureScheme: 'kafkas://' }),
    keepalive: checks.range('keepalive', options.keepalive ?? 15, 1, 65_535),
    connectTimeout: checks.duration('connectTimeout', options.connectTimeout ?? 10_000),
    sasl,
    clientId: clientId(options.clientId),
    prefix: ownPrefix,
    partitions: checks.range('partitions', options.partitions ?? number(query, 'partitions') ?? 12, 1, 10_000),
    replicationFactor: replicationFactor(options.replicationFactor ?? number(query, 'replicationFactor') ?? -1),
    retention: {
      messages: checks.range('retention.messages', messages, 1, Number.MAX_SAFE_INTEGER),
      commands: checks.range('retention.commands', commands, 1, Number.MAX_SAFE_INTEGER),
      replies: checks.range('retention.replies', replies, 1, Number.MAX_SAFE_INTEGER),
    },
    ownTopics: ownTopics(options.ownTopics ?? query.get('ownTopics')?.split(',') ?? [], ownPrefix),
  }
}

function mechanism(text: string): SaslMechanism {
  return checks.oneOf<string>('sasl', text.toLowerCase(), SASL_MECHANISMS) as SaslMechanism
}

/** `NaN` for what is no number: the check of its range refuses it. */
function number(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  return text === null ? undefined : Number(text === '' ? Number.NaN : text)
}

function replicationFactor(value: number): number {
  return value === -1 ? value : checks.range('replicationFactor', value, 1, 32_767)
}

function prefix(text: string): string {
  if (/^[a-zA-Z0-9._-]{1,200}$/.test(text)) return text
  throw checks.invalid('prefix', 'must have 1 to 200 characters out of a-z, A-Z, 0-9, ".", "_" and "-"')
}

function ownTopics(topics: readonly string[], own: string): readonly string[] {
  const names = new Map(
    ['messages', 'commands', 'replies'].map((kind) => [
      nameForMetrics(`${own}.${kind}`),
      'what everything else shares',
    ]),
  )
  for (const topic of topics) {
    const name = kafkaNameOf(checks.topic('ownTopics', topic))
    if (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === '.' || name === '..') {
      throw checks.invalid('ownTopics', `holds "${topic}", whose characters are not those of a Kafka topic's name`)
    }
    const other = names.get(nameForMetrics(name))
    if (other !== undefined) {
      const text = `holds "${other}" and "${topic}": Kafka has no two topics like "${name}" that differ in "." and "_" only`
      throw checks.invalid('ownTopics', text)
    }
    names.set(nameForMetrics(name), topic)
  }
  return topics
}

/** Brokers refuse to create a topic whose name is another's there. */
function nameForMetrics(name: string): string {
  return name.replaceAll('.', '_')
}

function clientId(given: string | undefined): string {
  const id = given ?? `botbus-${randomBytes(6).toString('hex')}`
  if (id === '' || id.length > 200 || /[^\x20-\x7e]/.test(id)) {
    throw checks.invalid('clientId', 'must have 1 to 200 printable ASCII characters')
  }
  return id
}
