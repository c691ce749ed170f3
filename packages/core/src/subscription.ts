import { AtLeastOnce, type AtLeastOnceOptions } from './at-least-once.ts'
import { type CodecLimits, decodeJson } from './codec.ts'
import { type ChannelContract, parse } from './contract.ts'
import { DeliveryQueue, type QueueOptions } from './delivery-queue.ts'
import { toBotbusError } from './errors.ts'
import type { BusEvent } from './hooks.ts'
import { isThenable } from './maybe-promise.ts'
import { extractParameters } from './topics.ts'
import type { Delivery, DeliveryListener, SubscribeOptions, Transport, Unsubscribe } from './transport.ts'

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

/** Options of `subscribe`. */
export interface SubscriptionOptions extends ListenOptions {
  /**
   * Messages published with `qos: 1` reach the listener at least once: what it fails on comes again, and the broker keeps what
   * matches for the `group`, which is needed then, also while no member of it is connected. `capacity` is 64 by default, and
   * nothing is dropped: the broker waits.
   */
  atLeastOnce?: boolean | AtLeastOnceOptions
}

/** How many messages of a subscription that acknowledges may wait in the process. */
const UNACKNOWLEDGED = 64

/** What a subscription needs of its bus. */
export interface SubscriptionHost {
  readonly transport: Transport
  readonly limits: CodecLimits
  observe(event: BusEvent): void
  /** Undefined when nobody wants to know of what went well. */
  readonly observeSuccess: ((event: BusEvent) => void) | undefined
}

/** A running subscription. Closing it twice is harmless; no listener starts after `close` was called. */
export class Subscription {
  readonly pattern: string
  readonly #host: SubscriptionHost
  readonly #channel: ChannelContract | undefined
  readonly #listener: MessageListener<never>
  readonly #options: SubscriptionOptions
  /** One of the two feeds the listener. */
  readonly #queue: DeliveryQueue<Delivery>
  readonly #atLeastOnce: AtLeastOnce<unknown> | undefined
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
      options: SubscriptionOptions
      onClose: () => void
    },
  ) {
    this.#host = host
    this.pattern = subscription.pattern
    this.#channel = subscription.channel
    this.#listener = subscription.listener
    this.#onClose = subscription.onClose
    this.#options = subscription.options
    const { concurrency = 1, capacity = 1_024, overflow = 'drop-oldest', atLeastOnce = false } = this.#options
    this.#atLeastOnce = atLeastOnce === false ? undefined : this.#acknowledging(atLeastOnce, concurrency)
    this.#queue = new DeliveryQueue(
      { concurrency, capacity, overflow },
      (delivery) => this.#handle(delivery),
      (error) => this.#host.observe({ type: 'problem', error: toBotbusError(error) }),
      (delivery) => delivery.payload.byteLength,
    )
  }

  /** How many messages were dropped: the queue was full, they could not be read, or they were given up (`atLeastOnce`). */
  get dropped(): number {
    return this.#dropped
  }

  /** Called once, by the bus. */
  open(): Promise<void> {
    const { group, concurrency = 1, capacity = UNACKNOWLEDGED } = this.#options
    const acknowledge = this.#atLeastOnce ? { acknowledge: { limit: concurrency + capacity } } : {}
    const opened = this.#host.transport
      .subscribe(this.pattern, this.#listenerOfTransport(), {
        ...(group === undefined ? {} : { group }),
        ...acknowledge,
      })
      .then((unsubscribe) => {
        this.#unsubscribe = unsubscribe
      })
    this.#opened = opened.catch(() => undefined)
    return opened
  }

  /**
   * Resolves when the broker has taken the subscription back. What waits is dropped, or stays with the broker (`atLeastOnce`); a running
   * listener goes on.
   */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#queue.close()
      this.#atLeastOnce?.close()
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
      await Promise.all([this.#queue.idle(), this.#atLeastOnce?.idle()])
    }
  }

  #listenerOfTransport(): DeliveryListener {
    const acknowledging = this.#atLeastOnce
    if (acknowledging) return (delivery) => acknowledging.accept(delivery)
    return (delivery) => {
      const overflowed = this.#queue.push(delivery)
      if (overflowed) this.#drop(overflowed, 'overflow')
    }
  }

  #acknowledging(options: true | AtLeastOnceOptions, concurrency: number): AtLeastOnce<unknown> {
    return new AtLeastOnce(options === true ? {} : options, concurrency, {
      read: (delivery) => this.#read(delivery),
      deliver: (delivery, data) => this.#call(delivery, data),
      observe: (event) => {
        if (event.type === 'dropped') this.#dropped++
        this.#host.observe(event)
      },
    })
  }

  #handle(delivery: Delivery): unknown {
    let data: unknown
    try {
      data = this.#read(delivery)
    } catch (error) {
      return this.#drop(delivery, 'invalid', error)
    }
    return data instanceof Promise ? this.#deliverLater(delivery, data) : this.#deliver(delivery, data)
  }

  /** The data, or its promise where the schema is asynchronous. Throws, or rejects, `INVALID_PAYLOAD`. */
  #read(delivery: Delivery): unknown {
    const data = decodeJson(delivery.payload, this.#host.limits)
    if (!this.#channel) return data
    return parse(this.#channel.message, data, `message on ${delivery.topic}`, 'INVALID_PAYLOAD')
  }

  async #deliverLater(delivery: Delivery, parsed: Promise<unknown>): Promise<void> {
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
    const { topic } = delivery
    try {
      const result = this.#call(delivery, data)
      if (!isThenable(result)) return undefined
      return Promise.resolve(result).catch((error: unknown) =>
        this.#host.observe({ type: 'listener_failed', topic, error }),
      )
    } catch (error) {
      this.#host.observe({ type: 'listener_failed', topic, error })
      return undefined
    }
  }

  #call({ topic, retained, payload }: Delivery, data: unknown): unknown {
    const params = this.#channel ? (extractParameters(this.#channel.topic, topic) ?? {}) : {}
    this.#host.observeSuccess?.({ type: 'delivered', topic, bytes: payload.byteLength })
    return this.#listener({ topic, data: data as never, params, retained, bytes: payload.byteLength })
  }

  #drop(delivery: Delivery, reason: 'overflow' | 'invalid', error?: unknown): void {
    this.#dropped++
    this.#host.observe({ type: 'dropped', topic: delivery.topic, reason, error })
  }
}
