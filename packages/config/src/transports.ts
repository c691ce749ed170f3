import type { Transport } from '@botbus/core'

/** Of the embedded MQTT broker. */
export const DEFAULT_PORT = 1883

/** A message that the broker publishes for us when our link breaks. */
export interface LastWill {
  readonly topic: string
  readonly payload: string
  readonly qos?: 0 | 1
  readonly retain?: boolean
}

/** A broker to connect to: files are read, credentials stand beside the URL. */
export interface BrokerTarget {
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly clientId?: string
  /** PEM texts. */
  readonly tls?: { ca?: string; cert?: string; key?: string; servername?: string; insecureSkipVerify?: boolean }
  readonly namespaces?: string[]
  readonly lastWill?: LastWill
}

export interface Scheme {
  /** For messages. */
  readonly example: string
  /** Why a URL of this scheme is refused. */
  problem(url: string): string | undefined
  open(target: BrokerTarget): Promise<Transport>
}

/** The one place that picks a transport. A broker's client library is loaded when its scheme is used. */
export const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['mqtt', { example: 'mqtt://HOST:PORT', problem: hostProblem, open: mqtt }],
  ['mqtts', { example: 'mqtts://HOST:PORT', problem: hostProblem, open: mqtt }],
  ['memory', { example: 'memory:NAME', problem: nameProblem, open: memory }],
  ['embedded', { example: 'embedded:', problem: portProblem, open: embedded }],
])

async function mqtt(target: BrokerTarget): Promise<Transport> {
  const { mqtt } = await import('@botbus/mqtt')
  return mqtt(target)
}

async function memory({ url }: BrokerTarget): Promise<Transport> {
  const { memory } = await import('@botbus/memory')
  const name = url.slice('memory:'.length)
  return memory(name ? { name } : {})
}

function embedded(target: BrokerTarget): Promise<Transport> {
  return mqtt({ ...target, url: `mqtt://127.0.0.1:${embeddedPort(target.url)}` })
}

/** The port of `embedded:` or `embedded:PORT`. */
function embeddedPort(url: string): number {
  return Number(url.slice('embedded:'.length)) || Number(process.env['BOTBUS_PORT']) || DEFAULT_PORT
}

function hostProblem(url: string): string | undefined {
  if (!URL.canParse(url))
    return 'the URL cannot be read; expected SCHEME://HOST:PORT, with "%" encoding in user and password'
  const { hostname, pathname, search, hash } = new URL(url)
  if (!hostname) return 'the URL names no host'
  if (pathname.length > 1 || search || hash) return 'the URL has something behind the host and port'
  return undefined
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
