import { parseHosts } from './hosts.ts'
import { embeddedPort, schemeOf } from './transports.ts'

/** Where a broker is. */
export interface BrokerAddress {
  /** Without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
  /** The link is encrypted. */
  readonly secure: boolean
}

/**
 * Where `url` points to: the first host where it names several, this machine for `embedded:`, nowhere for `memory:`. Throws
 * `INVALID_ARGUMENT` for a URL that cannot be read.
 */
export function brokerAddress(url: string): BrokerAddress | undefined {
  const schemes = schemeOf(url)?.network
  if (!schemes)
    return /^embedded:/i.test(url) ? { host: '127.0.0.1', port: embeddedPort(url), secure: false } : undefined
  const { host, port, secure } = parseHosts(url, schemes)
  return { host, port, secure }
}

/** The same kind of broker at another address, with the path and query of `url`. MQTT for `embedded:` and `memory:`. */
export function withBrokerAddress(url: string, { host, port, secure }: BrokerAddress): string {
  const schemes = schemeOf(url)?.network ?? { plain: 'mqtt', secure: 'mqtts' }
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const rest = /^[^/]*\/\/[^/?#]*(.*)$/s.exec(url)?.[1] ?? ''
  return `${secure ? schemes.secure : schemes.plain}://${name}:${port}${rest}`
}

/** Whether the link to `url` is encrypted. */
export function isEncrypted(url: string): boolean {
  return brokerAddress(url)?.secure ?? false
}
