import { BotbusError, type Capabilities, toBotbusError } from '@botbus/core'
import type { Endpoint } from '@botbus/core/transport-kit'
import { capabilitiesOf } from './capabilities.ts'
import { Channels } from './channels.ts'
import type { Argument, Link } from './link.ts'
import { ListReader } from './list-reader.ts'
import { openLink } from './open-link.ts'
import type { Settings } from './options.ts'
import { readProperties } from './properties.ts'
import type { Published } from './publish-command.ts'
import { findServers, type Servers } from './servers.ts'
import { slotOf } from './slots.ts'

/** The two connections to one server: one that subscribes cannot publish before RESP3, and waits for nobody's replies. */
interface Node {
  readonly publisher: Link
  readonly subscriber: Link
}

/** The connections that are up together: to one server, or to each master of a cluster. */
export class Session {
  readonly capabilities: Capabilities
  readonly isSharded: boolean
  readonly channels: Channels
  readonly lists: ListReader
  /** Where we are, for the next session. */
  readonly masters: readonly Endpoint[]
  /** Resolves when one of the connections is down; the others hang up then. */
  readonly lost: Promise<BotbusError>
  /** For channels of ours: they are sharded where Redis knows that. */
  readonly #publishCommand: 'publish' | 'spublish'
  readonly #settings: Settings
  readonly #servers: Servers
  readonly #nodes: readonly Node[]
  /** Takes what any node of a cluster can. */
  readonly #home: Node
  readonly #others: Promise<Link>[] = []
  readonly #lose: (cause: BotbusError) => void
  #isEnding = false
  #down: BotbusError | undefined

  constructor(
    settings: Settings,
    servers: Servers,
    nodes: readonly [Node, ...Node[]],
    server: Parameters<typeof capabilitiesOf>[1],
  ) {
    this.#settings = settings
    this.#servers = servers
    this.#nodes = nodes
    this.#home = nodes[Math.floor(Math.random() * nodes.length)] ?? nodes[0]
    this.masters = servers.masters
    this.capabilities = capabilitiesOf(settings.rpc, server)
    this.isSharded = server.sharded
    this.#publishCommand = server.sharded ? 'spublish' : 'publish'
    let lose: (cause: BotbusError) => void = () => undefined
    this.lost = new Promise((resolve) => {
      lose = resolve
    })
    this.#lose = (cause) => {
      if (!this.#isEnding) this.hangUp(cause)
      this.#down ??= cause
      lose(this.#down)
    }
    this.channels = new Channels((filter) =>
      filter.kind === 'ssubscribe' ? this.#nodeOf(filter.name).subscriber : this.#home.subscriber,
    )
    this.lists = new ListReader(this, settings.keepalive)
    for (const { publisher, subscriber } of nodes) {
      for (const link of [publisher, subscriber]) void link.lost.then(this.#lose)
      subscriber.onMessage((kind, name, channel, payload) => this.channels.receive(kind, name, channel, payload))
    }
  }

  get down(): BotbusError | undefined {
    return this.#down ?? this.#home.publisher.down ?? this.#home.subscriber.down
  }

  /** The connection for ordinary channels. */
  get publisher(): Link {
    return this.#home.publisher
  }

  /** Sends to a channel of ours. `done` as of `Link.publish`. Returns the connection that took it. */
  send(channel: string, payload: string, done: Published): Link {
    const { publisher } = this.#nodeOf(channel)
    publisher.publish(this.#publishCommand, channel, payload, done)
    return publisher
  }

  /** A command on a key or sharded channel. */
  commandOn(key: string, name: string, ...args: Argument[]): Promise<unknown> {
    return this.#nodeOf(key).publisher.command(name, ...args)
  }

  /** A connection of its own for blocking commands. It belongs to the session: when it is lost, the session is. */
  async openBlocking(): Promise<Link> {
    const { credentials, database } = this.#settings
    const [master] = this.masters
    if (!master || this.#down || this.#isEnding) throw this.#gone()
    const purpose = { suffix: 'list', credentials, database, blocks: true } as const
    const ending = new AbortController()
    void this.lost.then((cause) => ending.abort(cause))
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(this.#settings.connectTimeout)])
    const opening = openLink(this.#settings, master, purpose, signal)
    this.#others.push(opening)
    const link = await opening
    void link.lost.then(this.#lose)
    if (this.#down || this.#isEnding) {
      link.hangUp(this.#gone())
      throw this.#gone()
    }
    return link
  }

  hangUp(reason: BotbusError): void {
    this.#down ??= reason
    for (const link of this.#links()) link.hangUp(reason)
    for (const other of this.#others) void other.then((link) => link.hangUp(reason)).catch(() => undefined)
  }

  /** Lets what is on its way arrive, then hangs up. */
  async end(reason: BotbusError): Promise<void> {
    this.#isEnding = true
    // Nothing that has not arrived yet waits in a blocking command.
    for (const other of this.#others) void other.then((link) => link.hangUp(reason)).catch(() => undefined)
    await Promise.all(this.#links().map((link) => link.end(reason)))
    await Promise.all(this.#others.map((other) => other.then((link) => link.lost).catch(() => undefined)))
    this.#down ??= reason
  }

  #nodeOf(name: string): Node {
    if (this.#nodes.length === 1 && !this.#settings.cluster) return this.#home
    const node = this.#nodes[this.#servers.masterOf(slotOf(name)) ?? -1]
    if (node) return node
    throw new BotbusError('NOT_CONNECTED', 'no node of the cluster serves that slot', { outcome: 'not_sent' })
  }

  #links(): Link[] {
    return this.#nodes.flatMap(({ publisher, subscriber }) => [publisher, subscriber])
  }

  #gone(): BotbusError {
    return this.#down ?? new BotbusError('CLOSED', 'the transport was closed', { outcome: 'not_sent' })
  }
}

/** Connects once. Rejects with `BotbusError` and leaves nothing open then. */
export async function openSession(
  settings: Settings,
  seeds: readonly Endpoint[],
  signal: AbortSignal,
): Promise<Session> {
  const servers = await findServers(settings, seeds, signal)
  const { credentials, database } = settings
  const opened = await Promise.allSettled(
    servers.masters.flatMap((master) =>
      (['pub', 'sub'] as const).map((suffix) => openLink(settings, master, { suffix, credentials, database }, signal)),
    ),
  )
  const links = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = opened.find((result) => result.status === 'rejected')
  try {
    if (failed) throw failed.reason
    const nodes = servers.masters.map(
      (_, index) => ({ publisher: links[2 * index], subscriber: links[2 * index + 1] }) as Node,
    )
    const [first, ...rest] = nodes
    if (!first) throw new BotbusError('NOT_CONNECTED', 'there is no server')
    const properties = await readProperties(first.publisher, signal)
    if (settings.sentinel) await assertMaster(first.publisher)
    return new Session(settings, servers, [first, ...rest], properties)
  } catch (error) {
    for (const link of links) link.hangUp(toBotbusError(error))
    throw error
  }
}

/** A sentinel may name a server that is a replica already, or still. */
async function assertMaster(link: Link): Promise<void> {
  const role = await link.command('role').catch((error: BotbusError) => {
    if (error.code !== 'UNAUTHORIZED') throw error
    return ['master'] // we may not ask
  })
  if (Array.isArray(role) && role[0] !== 'master') {
    throw new BotbusError('NOT_CONNECTED', 'the sentinel named a server that is no master: a failover is under way')
  }
}
