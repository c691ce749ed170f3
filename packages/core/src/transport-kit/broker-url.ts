import type { OptionChecks } from './option-checks.ts'
import type { Endpoint } from './socket.ts'

/** A scheme without encryption and its counterpart with TLS: `{ plain: 'mqtt', secure: 'mqtts', ports: [1883, 8883] }`. */
export interface Schemes {
  readonly plain: string
  readonly secure: string
  /** Default ports of the two. */
  readonly ports: readonly [plain: number, secure: number]
}

/** A broker's URL in its parts. */
export interface BrokerUrl {
  readonly secure: boolean
  /** The first one; others are in `endpoints`. */
  readonly host: string
  readonly port: number
  /** All hosts of `scheme://host:port,host:port`. */
  readonly endpoints: readonly Endpoint[]
  readonly username: string | undefined
  readonly password: string | undefined
  /** Behind the first `/`, decoded; empty without one. */
  readonly path: string
  readonly query: URLSearchParams
  /** `scheme://host:port`, for messages: without credentials. */
  readonly label: string
}

interface EndpointDefaults {
  /** For messages. */
  readonly scheme: string
  readonly defaultPort: number
}

/** Scheme, credentials, hosts, path, query, fragment. WHATWG's `URL` takes a single host only. */
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)?(\?[^#]*)?(#.*)?$/i

/** Throws `INVALID_ARGUMENT` for the option `url`, without ever repeating a password. */
export function parseBrokerUrl(checks: OptionChecks, text: string, schemes: Schemes): BrokerUrl {
  const { plain, secure: encrypted, ports } = schemes
  const [, scheme = '', credentials = '', hosts = '', path = '', query = '', fragment] = PARTS.exec(text) ?? []
  if (scheme === '') throw checks.invalid('url', `is not a URL like ${plain}://host:${ports[0]}`)
  const secure = scheme.toLowerCase() === encrypted
  if (!secure && scheme.toLowerCase() !== plain) {
    throw checks.invalid('url', `must begin with ${plain}:// or ${encrypted}://, not ${scheme}://`)
  }
  if (path.slice(1).includes('/'))
    throw checks.invalid('url', 'has more than one / behind the host; in a name, write it as %2F')
  if (fragment) throw checks.invalid('url', 'must have no # behind the host; in a password, write it as %23')
  const defaults = { scheme: secure ? encrypted : plain, defaultPort: ports[secure ? 1 : 0] }
  const endpoints = hosts.split(',').map((host) => parseEndpoint(checks, host, defaults))
  const [first] = endpoints as [Endpoint]
  const [username = '', ...rest] = credentials.split(':')
  return {
    secure,
    ...first,
    endpoints,
    username: decode(checks, username, 'user name') || undefined,
    password: decode(checks, rest.join(':'), 'password') || undefined,
    path: decode(checks, path.slice(1), 'path'),
    query: new URLSearchParams(query),
    label: `${secure ? encrypted : plain}://${endpoints.map(showEndpoint).join(',')}`,
  }
}

/** Throws `INVALID_ARGUMENT` for a URL with anything behind its host. */
export function assertNoPath(checks: OptionChecks, { path, query }: BrokerUrl, protocol: string): void {
  if (path === '' && query.size === 0) return
  throw checks.invalid('url', `must end after the port: ${protocol} knows no path or query`)
}

function parseEndpoint(checks: OptionChecks, text: string, { scheme, defaultPort }: EndpointDefaults): Endpoint {
  const noHost = `names no host; accepted: ${scheme}://host:${defaultPort}`
  if (text === '') throw checks.invalid('url', noHost)
  if (!URL.canParse(`x://${text}`)) throw checks.invalid('url', 'has a host or port that cannot be read')
  const { hostname, port } = new URL(`x://${text}`)
  if (hostname === '') throw checks.invalid('url', noHost)
  if (port === '0') throw checks.invalid('url', 'has port 0')
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) }
}

/** `host:port`, as in a URL. */
export function showEndpoint({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function decode(checks: OptionChecks, text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // The native error would repeat the text, which may be the password.
    throw checks.invalid(
      'url',
      `has a ${part} with a % that is not part of a percent-encoded character; write it as %25`,
    )
  }
}
