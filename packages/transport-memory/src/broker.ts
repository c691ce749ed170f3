import { BotbusError, type Delivery, type IncomingReply, type IncomingRequest, matches, type OutgoingReply } from '@botbus/core'

/** One client's ear at the broker. */
export interface Receiver<Item> {
  readonly pattern: string
  readonly group: string | undefined
  readonly listener: (item: Item) => unknown
}

/** What the broker tells a client. */
export interface Client {
  /** Where this client's replies arrive. */
  readonly inbox: string
  receive(reply: IncomingReply): void
  up(): void
  down(cause: BotbusError): void
}

/**
 * A broker inside the process: what a real one does between sockets, without them. Every delivery happens in
 * a later microtask, in order of publishing, as it would from a socket.
 */
export class MemoryBroker {
  readonly #clients = new Map<string, Client>()
  readonly #subscriptions = new Set<Receiver<Delivery>>()
  readonly #servers = new Set<Receiver<IncomingRequest>>()
  readonly #retained = new Map<string, Delivery>()
  /** Whose turn it is in each group. */
  readonly #turns = new Map<string, number>()
  #isRunning = true

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Every link drops at once, as when a broker process is killed; what it retained is lost. */
  stop(): void {
    this.#isRunning = false
    this.#retained.clear()
    const cause = new BotbusError('NOT_CONNECTED', 'the memory broker was stopped')
    for (const client of [...this.#clients.values()]) client.down(cause)
  }

  /** Clients connect again at once. */
  start(): void {
    this.#isRunning = true
    for (const client of [...this.#clients.values()]) client.up()
  }

  attach(client: Client): void {
    this.#clients.set(client.inbox, client)
  }

  detach(client: Client): void {
    this.#clients.delete(client.inbox)
  }

  publish(delivery: Delivery): void {
    if (delivery.retained) {
      if (delivery.payload.byteLength === 0) this.#retained.delete(delivery.topic)
      else this.#retained.set(delivery.topic, delivery)
    }
    const live = { ...delivery, retained: false }
    for (const receiver of this.#receiversOf(this.#subscriptions, delivery.topic)) {
      queueMicrotask(() => {
        if (this.#subscriptions.has(receiver)) receiver.listener(live)
      })
    }
  }

  subscribe(receiver: Receiver<Delivery>): () => void {
    this.#subscriptions.add(receiver)
    if (receiver.group === undefined) {
      for (const stored of this.#retained.values()) {
        if (matches(receiver.pattern, stored.topic)) queueMicrotask(() => receiver.listener(stored))
      }
    }
    return () => this.#subscriptions.delete(receiver)
  }

  serve(server: Receiver<IncomingRequest>): () => void {
    this.#servers.add(server)
    return () => this.#servers.delete(server)
  }

  /** False when nobody serves that address. */
  request(request: IncomingRequest): boolean {
    const servers = this.#receiversOf(this.#servers, request.topic)
    for (const server of servers) {
      queueMicrotask(() => {
        if (this.#servers.has(server)) server.listener(request)
      })
    }
    return servers.length > 0
  }

  reply(replyTo: string, reply: OutgoingReply): void {
    const slash = replyTo.lastIndexOf('/')
    const client = this.#clients.get(replyTo.slice(0, slash))
    if (!client) return
    const { payload, headers = {} } = reply
    queueMicrotask(() => client.receive({ id: replyTo.slice(slash + 1), address: replyTo, payload: Buffer.from(payload), headers }))
  }

  /** All of them, but one only of each group, in turn. */
  #receiversOf<Item>(receivers: Set<Receiver<Item>>, topic: string): Receiver<Item>[] {
    const matching = [...receivers].filter((receiver) => matches(receiver.pattern, topic))
    const groups = Map.groupBy(matching, ({ group, pattern }) => (group === undefined ? undefined : `${group} ${pattern}`))
    return [...groups].flatMap(([group, members]) => {
      if (group === undefined) return members
      const turn = this.#turns.get(group) ?? 0
      this.#turns.set(group, turn + 1)
      return members.slice(turn % members.length).slice(0, 1)
    })
  }
}
