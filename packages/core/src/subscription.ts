import { type CodecLimits, decodeJson } from './codec.ts'
import { type ChannelContract, type Output, parse, type Schema } from './contract.ts'
import { DeliveryQueue, type QueueOptions } from './delivery-queue.ts'
import { toBotbusError } from './errors.ts'
import type { BusEvent } from './hooks.ts'
import { extractParameters } from './topics.ts'
import type { Delivery, SubscribeOptions, Transport, Unsubscribe } from './transport.ts'

/** A message as a listener gets it. */
export interface Message<Data = unknown> {
  readonly topic: string
  readonly data: Data
  /** The values of the contract's `{name}` levels; empty without a contract. */
  readonly params: Readonly<Record<string, string>>
  /** The broker had stored it before we subscribed: it says nothing about now. */
  readonly retained: boolean
  /** Size of the payload in bytes. */
  readonly bytes: number
}

export type MessageListener<Data = unknown> = (message: Message<Data>) => unknown

/** How a listener is fed. Defaults: one message at a time, 1,024 waiting, the oldest is dropped when full; never more than 64 MiB wait. */
export interface ListenOptions extends SubscribeOptions, Partial<QueueOptions> {
  /** Aborting it closes the subscription. */
  signal?: AbortSignal
}

/** What a subscription needs of its bus. */
export interface SubscriptionHost {
  readonly transport: Transport
  readonly limits: CodecLimits
  observe(event: BusEvent): void
}

/** A running subscription. Closing it twice is harmless; no listener starts after `close` was called. */
export class Subscription {
  readonly pattern: string
  readonly #host: SubscriptionHost
  readonly #channel: ChannelContract | undefined
  readonly #listener: MessageListener<never>
  readonly #queue: DeliveryQueue<Delivery>
  readonly #onClose: () => void
  #unsubscribe: Unsubscribe | undefined
  /** Settles, never rejects, when `open` has: closing waits for it. */
  #opened: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  #dropped = 0

  constructor(
    host: SubscriptionHost,
    subscription: {
      pattern: string
      channel: ChannelContract | undefined
      listener: MessageListener<never>
      options: ListenOptions
      onClose: () => void
    },
  ) {
    this.#host = host
    this.pattern = subscription.pattern
    this.#channel = subscription.channel
    this.#listener = subscription.listener
    this.#onClose = subscription.onClose
    const { concurrency = 1, capacity = 1_024, overflow = 'drop-oldest' } = subscription.options
    this.#queue = new DeliveryQueue(
      { concurrency, capacity, overflow },
      (delivery) => this.#handle(delivery),
      (error) => this.#host.observe({ type: 'problem', error: toBotbusError(error) }),
      (delivery) => delivery.payload.byteLength,
    )
  }

  /** How many messages were dropped: the queue was full, or they could not be read. */
  get dropped(): number {
    return this.#dropped
  }

  /** Called once, by the bus. */
  open(group: string | undefined): Promise<void> {
    const listener = (delivery: Delivery): void => {
      const overflowed = this.#queue.push(delivery)
      if (overflowed) this.#drop(overflowed, 'overflow')
    }
    const opened = this.#host.transport
      .subscribe(this.pattern, listener, group === undefined ? {} : { group })
      .then((unsubscribe) => {
        this.#unsubscribe = unsubscribe
      })
    this.#opened = opened.catch(() => undefined)
    return opened
  }

  /** Resolves when the broker has taken the subscription back. What waits is dropped; a running listener goes on. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#queue.close()
      this.#closing = this.#opened.then(() => this.#unsubscribe?.())
      this.#onClose()
    }
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Takes nothing new and resolves when the running listeners have ended. */
  async drain(): Promise<void> {
    try {
      await this.close()
    } finally {
      await this.#queue.idle()
    }
  }

  #handle(delivery: Delivery): unknown {
    let data: unknown
    try {
      data = decodeJson(delivery.payload, this.#host.limits)
      if (this.#channel) {
        const parsed = parse(this.#channel.message, data, `message on ${delivery.topic}`, 'INVALID_PAYLOAD')
        if (parsed instanceof Promise) return this.#deliverLater(delivery, parsed)
        data = parsed
      }
    } catch (error) {
      return this.#drop(delivery, 'invalid', error)
    }
    return this.#deliver(delivery, data)
  }

  async #deliverLater(delivery: Delivery, parsed: Promise<Output<Schema>>): Promise<void> {
    let data: unknown
    try {
      data = await parsed
    } catch (error) {
      return this.#drop(delivery, 'invalid', error)
    }
    if (!this.#closing) await this.#deliver(delivery, data)
  }

  /** Never throws: a failed listener is reported and the stream goes on. */
  #deliver(delivery: Delivery, data: unknown): unknown {
    const { topic, retained, payload } = delivery
    const params = this.#channel ? (extractParameters(this.#channel.topic, topic) ?? {}) : {}
    this.#host.observe({ type: 'delivered', topic, bytes: payload.byteLength })
    try {
      const result = this.#listener({ topic, data: data as never, params, retained, bytes: payload.byteLength })
      if (!isThenable(result)) return undefined
      return Promise.resolve(result).catch((error: unknown) =>
        this.#host.observe({ type: 'listener_failed', topic, error }),
      )
    } catch (error) {
      this.#host.observe({ type: 'listener_failed', topic, error })
      return undefined
    }
  }

  #drop(delivery: Delivery, reason: 'overflow' | 'invalid', error?: unknown): void {
    this.#dropped++
    this.#host.observe({ type: 'dropped', topic: delivery.topic, reason, error })
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
