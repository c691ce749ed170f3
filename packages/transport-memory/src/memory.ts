import { randomBytes } from 'node:crypto'
import {
  BotbusError,
  type Capabilities,
  type DeliveryListener,
  type IncomingReply,
  type IncomingRequest,
  type OutgoingReply,
  type OutgoingRequest,
  type SubscribeOptions,
  type Transport,
  type TransportEvents,
  type TransportPublishOptions,
  type TransportSubscribeOptions,
  type Unsubscribe,
} from '@botbus/core'
import { type Client, MemoryBroker } from './broker.ts'

export interface MemoryOptions {
  /** Transports with one name in a process meet at one broker, from the first connect to the last close. Default `default`. */
  name?: string
  /** Meets at this broker instead, which a test may stop and start. */
  broker?: MemoryBroker
  /** `envelope` puts headers into the body, as brokers without headers do. One broker's transports agree. Default `native`. */
  headers?: Capabilities['headers']
}

const CAPABILITIES: Capabilities = {
  wildcards: true,
  groups: 'all',
  ordering: 'topic',
  atLeastOnce: true,
  noResponder: 'definite',
  cancellation: true,
  lastWill: false,
  retained: true,
  headers: 'native',
  maxPayload: Number.MAX_SAFE_INTEGER,
}

/** The brokers that were named, for as long as somebody is connected. */
const named = new Map<string, MemoryBroker>()

/** The in-process transport: no network, no dependency, the promises of a real one. */
export function memory(options: MemoryOptions = {}): Transport {
  return new MemoryTransport(options)
}

class MemoryTransport implements Transport, Client {
  readonly name = 'memory'
  readonly capabilities: Capabilities
  readonly inbox: string = `_inbox/${randomBytes(16).toString('hex')}`
  readonly #options: MemoryOptions
  readonly #undo = new Set<() => void>()
  #connection: { readonly broker: MemoryBroker; readonly events: TransportEvents } | undefined
  #closing: Promise<void> | undefined

  constructor(options: MemoryOptions) {
    this.#options = options
    this.capabilities = { ...CAPABILITIES, ...(options.headers ? { headers: options.headers } : {}) }
  }

  async connect({ events, signal }: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    if (signal?.aborted) throw new BotbusError('CANCELLED', 'connecting was cancelled', { cause: signal.reason })
    const { broker: own, name = 'default' } = this.#options
    const broker = own ?? named.get(name) ?? new MemoryBroker()
    if (!broker.isRunning) throw new BotbusError('NOT_CONNECTED', 'the memory broker is stopped')
    if (!own) named.set(name, broker)
    this.#connection = { broker, events }
    broker.attach(this)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async publish(topic: string, payload: string | Uint8Array, options: TransportPublishOptions = {}): Promise<void> {
    this.#broker().publish({ topic, payload: Buffer.from(payload), retained: options.retain ?? false })
  }

  async subscribe(
    pattern: string,
    listener: DeliveryListener,
    options: TransportSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const { group, acknowledge } = options
    if (group !== undefined && acknowledge) {
      return this.#undoable(this.#broker().join(group, pattern, listener, acknowledge.limit))
    }
    return this.#undoable(this.#broker().subscribe({ pattern, group, listener }))
  }

  replyAddress(_address: string, id: string): string {
    return `${this.inbox}/${id}`
  }

  async request(address: string, request: OutgoingRequest): Promise<void> {
    const { id, replyTo, payload, headers = {}, signal } = request
    const broker = this.#broker('not_sent')
    const body = { topic: address, payload: Buffer.from(payload), retained: false, ...(signal ? { signal } : {}) }
    const wasTaken = broker.request(this.capabilities.headers === 'native' ? { ...body, id, replyTo, headers } : body)
    if (!wasTaken) throw new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' })
  }

  async serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    options: SubscribeOptions = {},
  ): Promise<Unsubscribe> {
    return this.#undoable(this.#broker().serve({ pattern: address, group: options.group, listener }))
  }

  async reply(replyTo: string, reply: OutgoingReply): Promise<void> {
    this.#broker().reply(replyTo, reply)
  }

  /** Called by the broker, as the next two. */
  up(): void {
    this.#connection?.events.state({ status: 'connected' })
  }

  down(cause: BotbusError): void {
    this.#connection?.events.state({ status: 'reconnecting', cause })
  }

  receive(reply: IncomingReply): void {
    this.#connection?.events.reply(reply)
  }

  async #close(): Promise<void> {
    if (!this.#connection) return
    const { broker, events } = this.#connection
    const { name = 'default' } = this.#options
    for (const undo of this.#undo) undo()
    broker.detach(this)
    if (broker.clients === 0 && named.get(name) === broker) named.delete(name)
    events.state({ status: 'closed' })
  }

  #undoable(undo: () => void): Unsubscribe {
    this.#undo.add(undo)
    return async () => {
      this.#undo.delete(undo)
      undo()
    }
  }

  #broker(outcome?: 'not_sent'): MemoryBroker {
    const options = outcome ? { outcome } : {}
    if (this.#closing || !this.#connection) throw new BotbusError('CLOSED', 'the transport is not open', options)
    const { broker } = this.#connection
    if (!broker.isRunning) throw new BotbusError('NOT_CONNECTED', 'the memory broker is stopped', options)
    return broker
  }
}
