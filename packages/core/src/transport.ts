import type { BotbusError } from './errors.ts'

/**
 * What a transport can do on the broker it is connected to. The same object gates the
 * conformance suite and prints the guarantees table of the package's README.
 */
export interface Capabilities {
  /** Patterns with `+` and `#` in `subscribe`. */
  readonly wildcards: boolean
  /**
   * `group` in `serve` (`servers`), also in `subscribe` (`all`), or nowhere (`none`): one member of a group gets each request
   * or message.
   */
  readonly groups: 'all' | 'servers' | 'none'
  /** Messages of one publisher arrive in order per `topic`, per routing `key`, or in no order. */
  readonly ordering: 'topic' | 'key' | 'none'
  /**
   * `acknowledge` in `subscribe`: the broker keeps messages for a group, also while no member is connected, and delivers
   * again what no listener has finished.
   */
  readonly atLeastOnce: boolean
  /**
   * How a call to nobody is noticed: `definite` always and at once, `best-effort` at once unless
   * something else listens on that address, `presence` only by missing heartbeats.
   */
  readonly noResponder: 'definite' | 'best-effort' | 'presence'
  /** A caller's abort reaches the server: the signal of its handler fires. */
  readonly cancellation: boolean
  /** The broker publishes a message for us when our link breaks. */
  readonly lastWill: boolean
  /** `retain` in `publish`: the broker keeps the last message of a topic for later subscribers. */
  readonly retained: boolean
  /** Where headers of requests and replies travel: beside the body, or inside it (`{header, data}`). */
  readonly headers: 'native' | 'envelope'
  /** The largest payload, in bytes, that the broker is known to take. The bus hands over none that is larger. */
  readonly maxPayload: number
}

/** Native headers: text by name, carried unchanged. The bus's own names are lower case with `_`. */
export type Headers = Readonly<Record<string, string>>

export interface TransportPublishOptions {
  /** The broker keeps it for later subscribers. The bus rejects it with `UNSUPPORTED` where `retained` is false. */
  retain?: boolean
  /**
   * 0: resolves when the socket has it. 1: resolves when the broker has acknowledged it, and the broker keeps it safe for
   * subscriptions that acknowledge.
   */
  qos?: 0 | 1
}

/** A message on its way to a subscriber. */
export interface Delivery {
  readonly topic: string
  readonly payload: Uint8Array
  /** It was stored at the broker before we subscribed: it says nothing about now. */
  readonly retained: boolean
  readonly headers?: Headers
}

export interface OutgoingRequest {
  /** Unique for each call, 32 hexadecimal digits. */
  readonly id: string
  /** From `replyAddress(address, id)`. */
  readonly replyTo: string
  readonly payload: string
  /** Milliseconds after which nobody waits any more. The broker may drop the request then. */
  readonly expiresIn: number
  readonly headers?: Headers
  /** Fires when the caller gives up. To be passed on where `cancellation` is true; ignored elsewhere. */
  readonly signal?: AbortSignal
}

/** A request on its way to a server. */
export interface IncomingRequest extends Delivery {
  /** Correlation id, where the broker carries one beside the body. */
  readonly id?: string
  /** Where the broker carries the reply address beside the body. */
  readonly replyTo?: string
  /** Fires when the caller gave up, where `cancellation` is true. */
  readonly signal?: AbortSignal
}

/** A reply that arrived in the inbox. */
export interface IncomingReply {
  /** The id of the call it belongs to. */
  readonly id: string
  /** The address on which it arrived, if that is one of its own for each call. */
  readonly address?: string
  readonly payload: Uint8Array
  readonly headers?: Headers
}

export interface OutgoingReply {
  readonly id?: string
  readonly payload: string
  readonly headers?: Headers
}

export type TransportState =
  | { readonly status: 'connected' }
  | { readonly status: 'reconnecting'; readonly cause: BotbusError }
  | { readonly status: 'closed'; readonly cause?: BotbusError }

/** What a transport tells its bus. Called synchronously, never before `connect` was called. */
export interface TransportEvents {
  /** Every change of state after `connect` resolved. */
  state(state: TransportState): void
  /** Each reply in the inbox, once. */
  reply(reply: IncomingReply): void
  /** The broker found no server for the call `id`, and told so after `request` had resolved: `NO_RESPONDER`, `not_sent`. */
  unanswerable(id: string): void
  /** Something was lost that nobody else can report, such as a subscription that was refused after a reconnect. */
  problem(error: BotbusError): void
}

export interface SubscribeOptions {
  /** Members of one group share the messages: each goes to one of them. */
  group?: string
}

/** What `subscribe` of a transport takes beside the group. */
export interface TransportSubscribeOptions extends SubscribeOptions {
  /**
   * At least once; given only where `atLeastOnce` is true, and with a `group`, which names the durable subscription: from the first
   * `subscribe` on the broker keeps what matches, also while no member is connected. The promise that the listener returns
   * acknowledges a delivery when it resolves; at most `limit` deliveries of this listener are under way at once. What was not acknowledged
   * when the link broke or the member left is delivered again, to any member. The listener's promise rejects when the
   * delivery must stay with the broker: it is not acknowledged, and may take a place of the `limit` for as long as it stays ours. With
   * `CLOSED` when the listener takes nothing more: another one of the group gets it.
   */
  acknowledge?: { readonly limit: number }
}

/** Takes a delivery. Never throws; its promise matters only to subscriptions that acknowledge. */
export type DeliveryListener = (delivery: Delivery) => void | Promise<void>

/**
 * Undoes a `subscribe` or `serve`: the listener is not called any more. Resolves when the broker agreed, or at once while
 * the link is down; it is not restored then. The second call does nothing.
 */
export type Unsubscribe = () => Promise<void>

/**
 * Moves bytes between addresses on one broker. Everything that is the same for all brokers
 * (codec, correlation, timeouts, duplicate guard, validation) is done above it, once, by `Bus`.
 *
 * Obligations of every method: reject with `BotbusError` only, native error as `cause`; never
 * queue anything while the link is down (reject `NOT_CONNECTED` at once); never send anything
 * again by itself. Methods may be called concurrently. What arrives here is valid and within the capabilities: topics,
 * patterns, groups, `retain`, sizes. Listeners never throw.
 */
export interface Transport {
  /** The broker's kind for logs and metrics: `memory`, `mqtt`, ... */
  readonly name: string

  /** Settled once `connect` has resolved: some brokers negotiate. */
  readonly capabilities: Capabilities

  /**
   * Opens the link and the reply inbox; resolves when both are ready. Called once. Rejects with
   * `UNAUTHORIZED` (credentials, certificate), `NOT_CONNECTED` (unreachable), `INVALID_ARGUMENT` (an option that
   * the broker refuses) or `CANCELLED` and leaves nothing open then. Afterwards a lost link is opened again for ever, with back-off, and every
   * subscription is restored and acknowledged before `connected` is reported.
   */
  connect(options: { events: TransportEvents; signal?: AbortSignal }): Promise<void>

  /** Sends what is on its way and closes. Idempotent: later calls return the first one's promise. */
  close(): Promise<void>

  /** Resolves when the broker (at `qos: 0` the socket) has taken it. */
  publish(topic: string, payload: string | Uint8Array, options?: TransportPublishOptions): Promise<void>

  /**
   * Resolves after the broker acknowledged: what is published later is not missed. The listener
   * gets each matching message once, however many subscriptions overlap, until `Unsubscribe` was called.
   * Subscriptions survive reconnects.
   */
  subscribe(pattern: string, listener: DeliveryListener, options?: TransportSubscribeOptions): Promise<Unsubscribe>

  /** The address at which the reply to call `id` is received. Synchronous and cheap. */
  replyAddress(address: string, id: string): string

  /**
   * Hands a request to one server of `address`, never retained. Resolves when the broker has taken
   * it; rejects `NO_RESPONDER` where the broker can tell, with `outcome: 'not_sent'`.
   * Rejections carry the outcome: `not_sent` when nothing left, `unknown` otherwise. Undefined when it has been taken
   * already: a promise for each call is a part of its cost.
   */
  request(address: string, request: OutgoingRequest): Promise<void> | undefined

  /** Like `subscribe`, for requests: an address or a pattern where `wildcards` allows it. */
  serve(address: string, listener: (request: IncomingRequest) => void, options?: SubscribeOptions): Promise<Unsubscribe>

  /** Sends a reply to an address that the caller named and the bus has checked. Undefined when it has been taken already. */
  reply(replyTo: string, reply: OutgoingReply): Promise<void> | undefined
}
