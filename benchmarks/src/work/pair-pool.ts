import type { BrokerKind } from '../contenders/contender.ts'
import type { Entry } from '../contenders/index.ts'
import { commandOf, PeerProcess } from '../peer/peer-process.ts'

/** The two processes of a contender. The client calls, or publishes; the server answers, or receives. */
export interface Pair {
  readonly client: PeerProcess
  readonly server: PeerProcess
  /** What has been prepared and warmed up on it, by the works that share it. */
  readonly done: Set<string>
}

/** Pairs of processes that live through the works of one kind (`rpc`, `pubsub`, ...). */
export class PairPool {
  readonly #broker: BrokerKind
  readonly #url: string
  readonly #pairs = new Map<string, Pair>()
  readonly #singles = new Set<PeerProcess>()
  #kind = ''

  constructor(broker: BrokerKind, url: string) {
    this.#broker = broker
    this.#url = url
  }

  /** Closes all pairs unless they are of that kind; `get` gives such ones from then on. */
  async keep(kind: string): Promise<void> {
    if (this.#kind !== kind) await this.close()
    this.#kind = kind
  }

  async get(entry: Entry): Promise<Pair> {
    const known = this.#pairs.get(entry.name)
    if (known) return known
    const command = await commandOf(entry, this.#broker, this.#url)
    const pair: Pair = { client: new PeerProcess(command), server: new PeerProcess(command), done: new Set() }
    this.#pairs.set(entry.name, pair)
    const { client, server } = pair
    try {
      await Promise.all([client.ready, server.ready])
      return pair
    } catch (error) {
      await this.drop(entry.name)
      throw error
    }
  }

  /** Runs one process of its own, and ends it afterwards. */
  async single<Result>(entry: Entry, use: (peer: PeerProcess) => Promise<Result>): Promise<Result> {
    const command = await commandOf(entry, this.#broker, this.#url)
    const peer = new PeerProcess(command)
    this.#singles.add(peer)
    try {
      return await use(peer)
    } finally {
      await peer.close()
      this.#singles.delete(peer)
    }
  }

  /** For one that has failed: the next `get` starts a new pair. */
  async drop(name: string): Promise<void> {
    const pair = this.#pairs.get(name)
    this.#pairs.delete(name)
    await Promise.all([pair?.client.kill(), pair?.server.kill()])
  }

  async close(): Promise<void> {
    const pairs = [...this.#pairs.values()]
    this.#pairs.clear()
    await Promise.all(pairs.flatMap(({ client, server }) => [client.close(), server.close()]))
  }

  /** At once; nothing is awaited. */
  kill(): void {
    for (const { client, server } of this.#pairs.values()) {
      void client.kill()
      void server.kill()
    }
    for (const peer of this.#singles) void peer.kill()
  }
}
