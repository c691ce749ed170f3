import { setTimeout as sleep } from 'node:timers/promises'
import { BotbusError, toBotbusError } from '@botbus/core'
import type { Endpoint } from '@botbus/core/transport-kit'
import type { Partition } from '../driver.ts'
import { ProtocolFailure, toConnectError, toLossError } from '../errors.ts'
import type { Settings } from '../options.ts'
import { loadKafkajs } from './inner.ts'
import { NodeLink } from './node-link.ts'
import type { Apis } from './protocol.ts'

/** Milliseconds between two looks at metadata that will be complete soon: a topic is new, a broker has just started. */
const SOON = 50

/**
 * The nodes that are up together: who leads which partition, and a connection to each node for what it answers at once. The
 * first failure is the end of all of it.
 */
export class Cluster {
  readonly settings: Settings
  readonly lost: Promise<BotbusError>
  readonly #closing = new AbortController()
  readonly #resolveLost: (reason: BotbusError) => void
  /** All open links, for closing. */
  readonly #links = new Set<NodeLink>()
  /** The link for requests that do not wait at the broker, by node. */
  readonly #main = new Map<number, Promise<NodeLink>>()
  readonly #seed: NodeLink
  #nodes: ReadonlyMap<number, Endpoint> = new Map()
  #controller = -1
  /** The leaders of each topic's partitions. */
  #leaders = new Map<string, readonly number[]>()

  /** Rejects with `BotbusError` and leaves nothing open then. */
  static async open(settings: Settings, signal: AbortSignal): Promise<Cluster> {
    let failure: BotbusError | undefined
    for (const endpoint of settings.endpoints) {
      const peer = { ...settings, host: endpoint.host }
      try {
        return new Cluster(settings, await NodeLink.open(endpoint, settings, signal))
      } catch (error) {
        if (signal.aborted) throw toBotbusError(signal.reason)
        failure = toConnectError(error, peer)
        // Another node would refuse us too.
        if (failure.code !== 'NOT_CONNECTED') throw failure
      }
    }
    throw failure ?? new BotbusError('INVALID_ARGUMENT', 'no broker is named')
  }

  private constructor(settings: Settings, seed: NodeLink) {
    const { promise, resolve } = Promise.withResolvers<BotbusError>()
    this.settings = settings
    this.#seed = seed
    this.lost = promise
    this.#resolveLost = resolve
    this.#links.add(seed)
  }

  get down(): BotbusError | undefined {
    return this.#closing.signal.aborted ? (this.#closing.signal.reason as BotbusError) : undefined
  }

  /** Ends everything with the reason. Idempotent. */
  close(reason: BotbusError): void {
    if (this.down) return
    this.#closing.abort(reason)
    for (const link of this.#links) link.close(reason)
    this.#links.clear()
    this.#resolveLost(reason)
  }

  /** A connection or the broker's metadata turned out to be no good: the end. */
  fail(cause: unknown): BotbusError {
    this.close(toLossError(cause, { ...this.settings, host: this.#seed.endpoint.host }))
    return this.down ?? toBotbusError(cause)
  }

  /** Asks for metadata until all topics have leaders; of those that do not exist or may not be seen, the error. */
  async refresh(topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    for (;;) {
      const metadata = await this.#metadata(topics)
      this.#nodes = new Map(metadata.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]))
      this.#controller = metadata.controllerId
      const failures = new Map<string, string>()
      let isComplete = this.#nodes.size > 0
      for (const { topic, topicErrorCode, partitionMetadata } of metadata.topicMetadata) {
        const failure = topicErrorCode === 0 ? undefined : loadKafkajs().errorName(topicErrorCode)
        const leaders = [...partitionMetadata].sort((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader)
        if (failure === 'LEADER_NOT_AVAILABLE' || leaders.some((leader) => !this.#nodes.has(leader))) isComplete = false
        else if (failure !== undefined) failures.set(topic, failure)
        else this.#leaders.set(topic, leaders)
      }
      if (isComplete) return failures
      await this.sleep(SOON)
    }
  }

  partitionsOf(topic: string): Partition[] {
    return (this.#leaders.get(topic) ?? []).map((_, partition) => ({ topic, partition }))
  }

  leaderOf({ topic, partition }: Partition): number {
    const leader = this.#leaders.get(topic)?.[partition]
    if (leader === undefined)
      throw this.fail(new ProtocolFailure('UNKNOWN_TOPIC_OR_PARTITION', `${topic} ${partition}`))
    return leader
  }

  /** The node that creates topics. */
  get controller(): number {
    return this.#nodes.has(this.#controller) ? this.#controller : ([...this.#nodes.keys()][0] ?? -1)
  }

  /** The link for requests that are answered at once. A broker closes it when it is idle for long; it is opened again then. */
  async main(node: number): Promise<NodeLink> {
    for (;;) {
      const known = this.#main.get(node)
      const link = known && (await known)
      if (link?.isUp) return link
      // Somebody else may be opening it again.
      if (known === this.#main.get(node)) this.#main.set(node, this.#openMain(node))
    }
  }

  /** Another link to a node, for requests that wait there. Its failure is the end of everything, unless it was closed. */
  async dedicated(node: number): Promise<NodeLink> {
    const link = await this.#open(this.#endpointOf(node))
    void link.lost.then((cause) => {
      if (this.#links.delete(link)) this.fail(cause)
    })
    return link
  }

  /** Closes a dedicated link. */
  release(link: NodeLink): void {
    if (this.#links.delete(link)) link.close(new Error('closed'))
  }

  /** Rejects with the reason when everything ends. */
  async sleep(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#closing.signal }).catch(() => {
      throw this.down
    })
  }

  async #openMain(node: number): Promise<NodeLink> {
    const endpoint = this.#endpointOf(node)
    const { host, port } = this.#seed.endpoint
    const isSeed = host === endpoint.host && port === endpoint.port && this.#seed.isUp
    const link = isSeed ? this.#seed : await this.#open(endpoint)
    void link.lost.then((cause) => {
      // Closed by us, or by a broker to whom nobody talked for long.
      if (!this.#links.delete(link) || (link.isIdle && cause === undefined)) return
      this.fail(cause)
    })
    return link
  }

  async #open(endpoint: Endpoint): Promise<NodeLink> {
    try {
      const link = await NodeLink.open(endpoint, this.settings, this.#closing.signal)
      this.#links.add(link)
      return link
    } catch (error) {
      throw this.down ?? this.#failOpening(error, endpoint)
    }
  }

  #failOpening(cause: unknown, { host }: Endpoint): BotbusError {
    const failure = toConnectError(cause, { ...this.settings, host })
    this.close(failure)
    return failure
  }

  #endpointOf(node: number): Endpoint {
    const endpoint = this.#nodes.get(node)
    if (!endpoint) throw this.fail(new ProtocolFailure('BROKER_NOT_AVAILABLE', `node ${node}`))
    return endpoint
  }

  async #metadata(topics: readonly string[]): Promise<Apis['Metadata'][1]> {
    try {
      return await this.#seed.call('Metadata', { topics, allowAutoTopicCreation: false })
    } catch (error) {
      if (this.down) throw this.down
      const isLoginMissing = this.settings.username === undefined && !this.#seed.isUp && (await this.#asksForLogin())
      if (!isLoginMissing) throw this.fail(error)
      throw this.#failOpening(new ProtocolFailure('SASL_AUTHENTICATION_FAILED'), this.#seed.endpoint)
    }
  }

  /** Asked of a broker that answered our greeting and hung up at the first request: it wants a login, or it died just then. */
  async #asksForLogin(): Promise<boolean> {
    try {
      const link = await NodeLink.open(this.#seed.endpoint, this.settings, this.#closing.signal)
      return await link.asksForLogin().finally(() => link.close(new Error('closed')))
    } catch {
      // Whoever is not there asks for nothing.
      return false
    }
  }
}
