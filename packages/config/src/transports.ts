import type { Transport } from '@botbus/core'
import type { Schemes } from '@botbus/core/transport-kit'
import { hostsProblem } from './hosts.ts'

/** Of the embedded MQTT broker. */
export const DEFAULT_PORT = 1883

/** A message that the broker publishes for us when our link breaks. */
export interface LastWill {
  readonly topic: string
  readonly payload: string
  readonly qos?: 0 | 1
  readonly retain?: boolean
}

/**
 * A broker to connect to: files are read, credentials stand beside the URL. Each transport takes of it what it has, and
 * checks path and query of the URL itself.
 */
export interface BrokerTarget {
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly clientId?: string
  /** PEM texts. */
  readonly tls?: { ca?: string; cert?: string; key?: string; servername?: string; insecureSkipVerify?: boolean }
  readonly namespaces?: string[]
  readonly connectTimeout?: number
  readonly lastWill?: LastWill
}

type Open = (target: BrokerTarget) => Promise<Transport>

export interface Scheme {
  /** For messages. */
  readonly example: string
  /** Of a broker that is reached over the network: the scheme without encryption, the one with TLS, their ports. */
  readonly network?: Schemes
  /** Why a URL of this scheme is refused; without a password. */
  problem(url: string): string | undefined
  /** Makes the transport and connects nothing. Rejects with `INVALID_ARGUMENT` for what it cannot use. */
  readonly open: Open
}

/** The one place that picks a transport. A broker's client library is loaded when its scheme is used. */
export const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ...network('mqtt', [1883, 8883], async (target) => (await import('@botbus/mqtt')).mqtt(target)),
  ...network('amqp', [5672, 5671], async (target) => (await import('@botbus/amqp')).amqp(target)),
  ...network('redis', [6379, 6379], async (target) => (await import('@botbus/redis')).redis(target)),
  ...network('kafka', [9092, 9093], async (target) => (await import('@botbus/kafka')).kafka(target)),
  ['memory', { example: 'memory:NAME', problem: nameProblem, open: memory }],
  ['embedded', { example: 'embedded:', problem: portProblem, open: embedded }],
])

/** The scheme of a URL that has been checked. */
export function schemeOf(url: string): Scheme | undefined {
  return SCHEMES.get(url.slice(0, url.indexOf(':')).toLowerCase())
}

/** The two schemes of a broker, `NAME://` and `NAMEs://`, with their default ports. */
function network(name: string, ports: Schemes['ports'], open: Open): [string, Scheme][] {
  const schemes: Schemes = { plain: name, secure: `${name}s`, ports }
  return [schemes.plain, schemes.secure].map((scheme) => [
    scheme,
    { example: `${scheme}://HOST:PORT`, network: schemes, problem: (url) => hostsProblem(url, schemes), open },
  ])
}

async function memory({ url }: BrokerTarget): Promise<Transport> {
  const { memory } = await import('@botbus/memory')
  const name = url.slice('memory:'.length)
  return memory(name ? { name } : {})
}

async function embedded(target: BrokerTarget): Promise<Transport> {
  const { mqtt } = await import('@botbus/mqtt')
  return mqtt({ ...target, url: `mqtt://127.0.0.1:${embeddedPort(target.url)}` })
}

/** The port of `embedded:` or `embedded:PORT`. */
export function embeddedPort(url: string): number {
  return Number(url.slice('embedded:'.length)) || Number(process.env['BOTBUS_PORT']) || DEFAULT_PORT
}

function nameProblem(url: string): string | undefined {
  return /^memory:[\w.-]*$/i.test(url)
    ? undefined
    : 'expected memory: or memory:NAME, of letters, digits, ".", "_" and "-"'
}

function portProblem(url: string): string | undefined {
  const port = /^embedded:(\d*)$/i.exec(url)?.[1]
  if (port === '') return undefined
  const number = Number(port)
  return number >= 1 && number <= 65_535
    ? undefined
    : 'expected embedded: or embedded:PORT, with a port from 1 to 65535'
}
