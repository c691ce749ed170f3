import { randomBytes } from 'node:crypto'
import {
  BotbusError,
  type Capabilities,
  type IncomingReply,
  type IncomingRequest,
  type Delivery,
  type OutgoingReply,
  type OutgoingRequest,
  type SubscribeOptions,
  type Transport,
  type TransportEvents,
  type TransportPublishOptions,
  type Unsubscribe,
} from '@botbus/core'
import { type Client, MemoryBroker } from './broker.ts'

export interface MemoryOptions {
  /** Transports with one name in a process meet at one broker. Default `default`. */
  name?: string
  /** Meets at this broker instead, which a test may stop and start. */
  broker?: MemoryBroker
}

const CAPABILITIES: Capabilities = {
  wildcards: true,
  groups: true,
  ordering: 'topic',
  atLeastOnce: false,
  noResponder: 'definite',
  lastWill: false,
  retained: true,
  headers: 'native',
  maxPayload: Number.MAX_SAFE_INTEGER,
}

/** The brokers that were named, for as long as somebody holds them. */
const named = new Map<string, WeakRef<MemoryBroker>>()

/** The in-process transport: no network, no dependency, the promises of a real one. */
export function memory(options: MemoryOptions = {}): Transport {
  return new MemoryTransport(options.broker ?? brokerNamed(options.name ?? 'default'))
}

function brokerNamed(name: string): MemoryBroker {
  const known = named.get(name)?.deref()
  if (known) return known
  const broker = new MemoryBroker()
  named.set(name, new WeakRef(broker))
  return broker
}

class MemoryTransport implements Transport, Client {
  readonly name = 'memory'
  readonly capabilities: Capabilities = CAPABILITIES
  readonly inbox: string = `_inbox/${randomBytes(16).toString('hex')}`
  readonly #broker: MemoryBroker
  readonly #undo = new Set<() => void>()
  #events: TransportEvents | undefined
  #isClosed = false

  constructor(broker: MemoryBroker) {
    this.#broker = broker
  }

  async connect({ events, signal }: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    if (signal?.aborted) throw new BotbusError('CANCELLED', 'connecting was cancelled', { cause: signal.reason })
    if (!this.#broker.isRunning) throw new BotbusError('NOT_CONNECTED', 'the memory broker is stopped')
    this.#events = events
    this.#broker.attach(this)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const undo of this.#undo) undo()
    this.#broker.detach(this)
    this.#events?.state({ status: 'closed' })
  }

  async publish(topic: string, payload: string | Uint8Array, options: TransportPublishOptions = {}): Promise<void> {
    this.#assertConnected()
    this.#broker.publish({ topic, payload: Buffer.from(payload), retained: options.retain ?? false })
  }

  async subscribe(pattern: string, listener: (delivery: Delivery) => unknown, options: SubscribeOptions = {}): Promise<Unsubscribe> {
    this.#assertConnected()
    return this.#undoable(this.#broker.subscribe({ pattern, group: options.group, listener }))
  }

  replyAddress(_address: string, id: string): string {
    return `${this.inbox}/${id}`
  }

  async request(address: string, request: OutgoingRequest): Promise<void> {
    this.#assertConnected('not_sent')
    const { id, replyTo, payload, headers = {} } = request
    const wasTaken = this.#broker.request({ topic: address, id, replyTo, payload: Buffer.from(payload), headers, retained: false })
    if (!wasTaken) throw new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' })
  }

  async serve(address: string, listener: (request: IncomingRequest) => void, options: SubscribeOptions = {}): Promise<Unsubscribe> {
    this.#assertConnected()
    return this.#undoable(this.#broker.serve({ pattern: address, group: options.group, listener }))
  }

  async reply(replyTo: string, reply: OutgoingReply): Promise<void> {
    this.#assertConnected()
    this.#broker.reply(replyTo, reply)
  }

  up(): void {
    this.#events?.state({ status: 'connected' })
  }

  down(cause: BotbusError): void {
    this.#events?.state({ status: 'reconnecting', cause })
  }

  /** Called by the broker. */
  receive(reply: IncomingReply): void {
    this.#events?.reply(reply)
  }

  #undoable(undo: () => void): Unsubscribe {
    this.#undo.add(undo)
    return async () => {
      this.#undo.delete(undo)
      undo()
    }
  }

  #assertConnected(outcome?: 'not_sent'): void {
    const options = outcome ? { outcome } : {}
    if (this.#isClosed || !this.#events) throw new BotbusError('CLOSED', 'the transport is not open', options)
    if (!this.#broker.isRunning) throw new BotbusError('NOT_CONNECTED', 'the memory broker is stopped', options)
  }
}
