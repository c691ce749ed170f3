import {
  type BrokerUrl,
  checkTls,
  type Endpoint,
  OptionChecks,
  parseBrokerUrl,
  type TlsOptions,
} from '@botbus/core/transport-kit'

export interface SentinelOptions {
  /** The name under which the sentinels know the master. */
  name: string
  /** Of the sentinels themselves; those of the master are the transport's own. */
  username?: string
  password?: string
}

export interface RedisOptions {
  /**
   * `redis://host[:6379][/database]` or `rediss://...`, optionally with `user:password@` or `:password@`, percent-encoded. Several hosts,
   * separated by commas, are sentinels (`?sentinel=NAME`) or nodes of a cluster (`?cluster=true`). `?rpc=lists` as `rpc`.
   */
  url: string
  /** A user of the access control list. Without one, `password` is that of `requirepass`. */
  username?: string
  password?: string
  tls?: TlsOptions
  /** Seconds; a frozen link is noticed after 1.5 times that. Default 15. */
  keepalive?: number
  /** Milliseconds for one attempt to connect. Default 10,000. */
  connectTimeout?: number
  /** The hosts of `url` are sentinels. */
  sentinel?: SentinelOptions
  /** The hosts of `url` are nodes of a cluster. */
  cluster?: boolean
  /**
   * How calls travel. `channels` (default): to servers that use this package. `lists`: to services of commlib-py too, which
   * cannot be known to be missing.
   */
  rpc?: 'channels' | 'lists'
  /** As `CLIENT LIST` shows it, with `-pub`, `-sub` or `-list` behind it. Default `botbus`. */
  clientName?: string
}

export interface Credentials {
  readonly username: string | undefined
  readonly password: string | undefined
}

/** `RedisOptions`, checked, with defaults. */
export interface Settings {
  readonly endpoints: readonly Endpoint[]
  readonly secure: boolean
  /** `redis://host:port`, for messages: without credentials. */
  readonly label: string
  readonly credentials: Credentials
  readonly tls: TlsOptions
  readonly keepalive: number
  readonly connectTimeout: number
  readonly database: number
  readonly sentinel: (Credentials & { readonly name: string }) | undefined
  readonly cluster: boolean
  readonly rpc: 'channels' | 'lists'
  readonly clientName: string
}

export const checks: OptionChecks = new OptionChecks('redis')

const REDIS_PORT = 6379
const SENTINEL_PORT = 26379
const QUERY = ['sentinel', 'cluster', 'rpc']

/** Throws `INVALID_ARGUMENT` with the option's name. Never shows a password. */
export function parseOptions(options: RedisOptions): Settings {
  const hasSentinels = options.sentinel !== undefined || /\?(.*&)?sentinel=/.test(options.url)
  const port = hasSentinels ? SENTINEL_PORT : REDIS_PORT
  const url = parseBrokerUrl(checks, options.url, { plain: 'redis', secure: 'rediss', ports: [port, port] })
  const { secure, label, endpoints, query } = url
  for (const key of query.keys()) {
    if (!QUERY.includes(key)) throw checks.invalid('url', `knows no "${key}" behind its ?, only ${QUERY.join(', ')}`)
  }
  const sentinel = parseSentinel(options, query.get('sentinel'))
  const cluster =
    options.cluster ?? checks.oneOf('cluster', query.get('cluster') ?? 'false', ['true', 'false']) === 'true'
  const rpc = checks.oneOf<string>('rpc', options.rpc ?? query.get('rpc') ?? 'channels', ['channels', 'lists'])
  const database = parseDatabase(url)
  const { clientName = 'botbus', tls = {} } = options
  if (cluster && sentinel) throw checks.invalid('cluster', 'and "sentinel" exclude each other')
  if (!cluster && !sentinel && endpoints.length > 1) {
    throw checks.invalid(
      'url',
      'names several hosts: are they sentinels (?sentinel=NAME) or a cluster (?cluster=true)?',
    )
  }
  if (cluster && database !== 0) throw checks.invalid('url', 'names a database, and a cluster has only one')
  if (cluster && rpc === 'lists') throw checks.invalid('rpc', 'cannot be lists on a cluster')
  if (!/^[!-~]{1,100}$/.test(clientName)) {
    throw checks.invalid('clientName', 'must have 1 to 100 printable ASCII characters and no spaces')
  }
  return {
    endpoints,
    secure,
    label,
    credentials: { username: options.username ?? url.username, password: options.password ?? url.password },
    tls: checkTls(checks, tls, { secure, plainScheme: 'redis://', secureScheme: 'rediss://' }),
    keepalive: checks.range('keepalive', options.keepalive ?? 15, 1, 65_535),
    connectTimeout: checks.duration('connectTimeout', options.connectTimeout ?? 10_000),
    database,
    sentinel,
    cluster,
    rpc: rpc === 'lists' ? 'lists' : 'channels',
    clientName,
  }
}

function parseSentinel({ sentinel }: RedisOptions, named: string | null): Settings['sentinel'] {
  if (!sentinel && named === null) return undefined
  const name = sentinel?.name ?? named
  if (!name) throw checks.invalid('sentinel', 'must be the name under which the sentinels know the master')
  return { name, username: sentinel?.username, password: sentinel?.password }
}

function parseDatabase({ path }: BrokerUrl): number {
  if (path === '') return 0
  if (!/^\d{1,6}$/.test(path)) throw checks.invalid('url', 'must have a database number behind its first /, such as /2')
  return Number(path)
}
