import {
  BotbusError,
  type Delivery,
  type DeliveryListener,
  type IncomingReply,
  type IncomingRequest,
  matches,
  type OutgoingReply,
} from '@botbus/core'
import { DurableGroup } from './durable-group.ts'

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
  /** In the order of whose turn it is: the member of a group that got something moves to the end. */
  readonly #subscriptions = new Set<Receiver<Delivery>>()
  readonly #servers = new Set<Receiver<IncomingRequest>>()
  readonly #retained = new Map<string, Delivery>()
  /** By group and pattern. They outlive a stop, as a broker's disk does. */
  readonly #durable = new Map<string, DurableGroup>()
  #isRunning = true

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** How many transports are connected. */
  get clients(): number {
    return this.#clients.size
  }

  /** Every link drops at once, as when a broker process is killed; what it retained is lost, what it keeps for groups is not. */
  stop(): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#retained.clear()
    for (const group of this.#durable.values()) group.pause()
    const cause = new BotbusError('NOT_CONNECTED', 'the memory broker was stopped')
    for (const client of [...this.#clients.values()]) client.down(cause)
  }

  /** Clients connect again at once, with their subscriptions. */
  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    for (const client of [...this.#clients.values()]) client.up()
    for (const group of this.#durable.values()) group.resume()
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
    for (const receiver of this.#receiversOf(delivery.topic)) hand(this.#subscriptions, receiver, live)
    for (const group of this.#durable.values()) if (matches(group.pattern, delivery.topic)) group.push(live)
  }

  /** Joins a durable group, which is made when it has not been. Returns the function that leaves it. */
  join(group: string, pattern: string, listener: DeliveryListener, limit: number): () => void {
    // No group has a `/` in its name.
    const key = `${group}/${pattern}`
    const durable = this.#durable.get(key) ?? new DurableGroup(pattern)
    this.#durable.set(key, durable)
    return durable.join(listener, limit)
  }

  subscribe(receiver: Receiver<Delivery>): () => void {
    this.#subscriptions.add(receiver)
    for (const stored of receiver.group === undefined ? this.#retained.values() : []) {
      if (matches(receiver.pattern, stored.topic)) hand(this.#subscriptions, receiver, stored)
    }
    return () => this.#subscriptions.delete(receiver)
  }

  serve(server: Receiver<IncomingRequest>): () => void {
    this.#servers.add(server)
    return () => this.#servers.delete(server)
  }

  /** Hands it to one server, in turn. False when nobody serves that address. */
  request(request: IncomingRequest): boolean {
    const server = [...this.#servers].find(({ pattern }) => matches(pattern, request.topic))
    if (!server) return false
    moveToEnd(this.#servers, server)
    hand(this.#servers, server, request)
    return true
  }

  reply(replyTo: string, reply: OutgoingReply): void {
    const slash = replyTo.lastIndexOf('/')
    const client = this.#clients.get(replyTo.slice(0, slash))
    if (!client) return
    const { payload, headers = {} } = reply
    const incoming = { id: replyTo.slice(slash + 1), address: replyTo, payload: Buffer.from(payload), headers }
    queueMicrotask(() => client.receive(incoming))
  }

  /** All of them, but one only of each group, in turn. Members of a group have one pattern, as in MQTT. */
  #receiversOf(topic: string): Receiver<Delivery>[] {
    const matching = [...this.#subscriptions].filter(({ pattern }) => matches(pattern, topic))
    const served = new Set<string>()
    return matching.filter((receiver) => {
      if (receiver.group === undefined) return true
      const group = `${receiver.group}/${receiver.pattern}`
      if (served.has(group)) return false
      served.add(group)
      moveToEnd(this.#subscriptions, receiver)
      return true
    })
  }
}

/** Not before the caller has returned, and not to whom has left meanwhile. */
function hand<Item>(receivers: ReadonlySet<Receiver<Item>>, receiver: Receiver<Item>, item: Item): void {
  queueMicrotask(() => {
    if (receivers.has(receiver)) receiver.listener(item)
  })
}

function moveToEnd<Item>(items: Set<Item>, item: Item): void {
  items.delete(item)
  items.add(item)
}
