import { isLoopback, plainAddress } from './addresses.ts'

/** `loopback`: by a name of this machine. `public`: by another name that is allowed. */
export type HostKind = 'loopback' | 'public'

/** What of a connection a host is compared with. */
export interface LocalEnd {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

interface HostAndPort {
  readonly name: string
  readonly port: number | undefined
}

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}))?$/
const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])
const DEFAULT_PORTS = new Set([80, 443])

/** Undefined for what is no host. */
function parseHost(text: string): HostAndPort | undefined {
  const found = HOST.exec(text.toLowerCase())
  if (found === null) return undefined
  return { name: found[1] ?? '', port: found[2] === undefined ? undefined : Number(found[2]) }
}

/**
 * Tells a name by which this server is meant from any other: a page whose name was bound to the address of this machine
 * afterwards (DNS rebinding) sends its own name. An address is no name; the one that a connection came in on is allowed.
 */
export class HostList {
  readonly #entries: readonly HostAndPort[]

  /** Throws a `TypeError` for an entry that is no host. */
  constructor(hosts: readonly string[]) {
    this.#entries = hosts.map((entry) => {
      const parsed = parseHost(entry)
      if (parsed === undefined) throw new TypeError(`not a host name, with or without port: ${JSON.stringify(entry)}`)
      return parsed
    })
  }

  kindOf(header: string, local: LocalEnd): HostKind | undefined {
    const host = parseHost(header)
    if (host === undefined) return undefined
    const ownPort = isPortOf(host.port, local.localPort)
    if (OWN_NAMES.has(host.name) && ownPort) return 'loopback'
    if (this.#entries.some((entry) => matches(entry, host, ownPort)))
      return isLoopback(host.name) ? 'loopback' : 'public'
    const { localAddress } = local
    return ownPort && localAddress !== undefined && plainAddress(localAddress) === plainAddress(host.name)
      ? 'public'
      : undefined
  }
}

/** A host without port means the one that its scheme implies. */
function isPortOf(port: number | undefined, localPort: number | undefined): boolean {
  return port === undefined ? localPort !== undefined && DEFAULT_PORTS.has(localPort) : port === localPort
}

/** An entry without port is reached at the port of the server, or through a proxy at the one that its scheme implies. */
function matches(entry: HostAndPort, host: HostAndPort, ownPort: boolean): boolean {
  if (entry.name !== host.name) return false
  return entry.port === undefined ? host.port === undefined || ownPort : entry.port === host.port
}
