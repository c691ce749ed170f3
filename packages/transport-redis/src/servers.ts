import { BotbusError, toBotbusError } from '@botbus/core'
import { type Endpoint, showEndpoint } from '@botbus/core/transport-kit'
import type { Link } from './link.ts'
import { openLink } from './open-link.ts'
import { checks, type Settings } from './options.ts'

/** Where the servers are that a session talks to. */
export interface Servers {
  /** The masters; one, except in a cluster. */
  readonly masters: readonly Endpoint[]
  /** The master of a hash slot, by its place in `masters`. */
  masterOf(slot: number): number | undefined
}

/** Asks sentinels or a cluster where the masters are; the server itself is known. `seeds` are asked in order. */
export async function findServers(
  settings: Settings,
  seeds: readonly Endpoint[],
  signal: AbortSignal,
): Promise<Servers> {
  if (settings.sentinel) {
    const { name, username, password } = settings.sentinel
    const master = await askFirst(
      settings,
      seeds,
      { suffix: 'sentinel', credentials: { username, password } },
      signal,
      (link, seed) => askSentinel(link, name, seed),
    )
    return { masters: [master], masterOf: () => 0 }
  }
  if (!settings.cluster) return { masters: settings.endpoints, masterOf: () => 0 }
  return askFirst(settings, seeds, { suffix: 'pub', credentials: settings.credentials }, signal, askCluster)
}

/** The first answer. Rejects with the last error. */
async function askFirst<Answer>(
  settings: Settings,
  seeds: readonly Endpoint[],
  purpose: Parameters<typeof openLink>[2],
  signal: AbortSignal,
  ask: (link: Link, seed: Endpoint) => Promise<Answer>,
): Promise<Answer> {
  let last: BotbusError | undefined
  // One that takes the connection and never answers leaves time for the others, and for what comes behind.
  const share = settings.connectTimeout / (seeds.length + 1)
  for (const seed of seeds) {
    const silence = new AbortController()
    const text = `${seed.host}:${seed.port}: no answer within ${Math.round(share)} ms`
    const timer = setTimeout(() => silence.abort(new BotbusError('NOT_CONNECTED', text)), share)
    const turn = AbortSignal.any([signal, silence.signal])
    try {
      const link = await openLink(settings, seed, purpose, turn)
      const done = new BotbusError('CLOSED', 'the question is answered')
      try {
        return await withSignal(link, turn, ask(link, seed))
      } finally {
        link.hangUp(done)
      }
    } catch (error) {
      last = toBotbusError(error)
      if (signal.aborted) break
    } finally {
      clearTimeout(timer)
    }
  }
  throw last
}

async function withSignal<Answer>(link: Link, signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> {
  const onAbort = (): void => link.hangUp(toBotbusError(signal.reason))
  signal.addEventListener('abort', onAbort)
  try {
    return await answer
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function askSentinel(link: Link, name: string, seed: Endpoint): Promise<Endpoint> {
  const answer = await link
    .command('sentinel', 'get-master-addr-by-name', name)
    .catch((error: BotbusError) =>
      explain(link, error, 'sentinel', `is given, but ${showEndpoint(seed)} is no sentinel`),
    )
  if (answer === null) {
    throw checks.invalid(
      'sentinel',
      `is "${name}", and the sentinel ${showEndpoint(seed)} knows no master of that name`,
    )
  }
  const [host, port] = Array.isArray(answer) ? answer : []
  return toEndpoint(host, port, undefined)
}

/** `[[first, last, [host, port, ...], ...replicas], ...]` */
async function askCluster(link: Link, seed: Endpoint): Promise<Servers> {
  const answer: unknown = await link
    .command('cluster', 'slots')
    .catch((error: BotbusError) =>
      explain(link, error, 'cluster', `is true, but ${showEndpoint(seed)} is no node of a cluster`),
    )
  const masters: Endpoint[] = []
  const owners = new Int16Array(16_384).fill(-1)
  for (const range of Array.isArray(answer) ? answer : []) {
    const [first, last, [host, port]] = range as [number, number, unknown[]]
    const endpoint = toEndpoint(host, port, seed)
    let index = masters.findIndex((known) => known.host === endpoint.host && known.port === endpoint.port)
    if (index === -1) index = masters.push(endpoint) - 1
    owners.fill(index, first, last + 1)
  }
  if (masters.length === 0) throw new BotbusError('NOT_CONNECTED', 'the cluster has not assigned its slots yet')
  return { masters, masterOf: (slot) => ((owners[slot] ?? -1) === -1 ? undefined : owners[slot]) }
}

/** A server of another kind does not know what it is asked: says what it is. */
async function explain(link: Link, error: BotbusError, option: string, text: string): Promise<never> {
  if (error.code !== 'INTERNAL' || link.down) throw error
  const answer = await link.command('hello')
  const mode: unknown = Array.isArray(answer) ? answer[answer.indexOf('mode') + 1] : undefined
  const kind = KINDS[String(mode)]
  throw checks.invalid(option, kind === undefined ? text : `${text}: it is ${kind}`, error)
}

/** As `HELLO` names them. */
const KINDS: Readonly<Record<string, string>> = {
  standalone: 'a single server',
  sentinel: 'a sentinel',
  cluster: 'a node of a cluster',
}

/** A node that does not know its own address leaves it out: it is the one that was asked. */
function toEndpoint(host: unknown, port: unknown, asked: Endpoint | undefined): Endpoint {
  const name = typeof host === 'string' && host !== '' && host !== '?' ? host : asked?.host
  if (name === undefined || !Number.isInteger(Number(port))) {
    throw new BotbusError('NOT_CONNECTED', 'an address that cannot be read was given for a Redis server')
  }
  return { host: name, port: Number(port) }
}
