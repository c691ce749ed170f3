import type { BusOptions, CloseOptions } from './bus-options.ts'
import { type CallOptions, Calls } from './calls.ts'
import { assertRetains, assertServable, assertSubscribable } from './capabilities.ts'
import { type CodecLimits, DEFAULT_LIMITS, encodeJson } from './codec.ts'
import { type ChannelContract, type Input, type Output, parse, type RpcContract, type Schema } from './contract.ts'
import { BotbusError } from './errors.ts'
import { observerOf, successObserverOf } from './hooks.ts'
import { LinkState } from './link-state.ts'
import { Members } from './members.ts'
import { MessageStream } from './message-stream.ts'
import type { RequestHandler } from './procedure.ts'
import { replyRule } from './reply-rule.ts'
import { type ServeOptions, Service, type ServiceHost } from './service.ts'
import { type ListenOptions, type MessageListener, Subscription, type SubscriptionOptions } from './subscription.ts'
import { assertTopic, fillTemplate, type TopicParameters } from './topics.ts'
import type { Capabilities, Transport, TransportPublishOptions, TransportState } from './transport.ts'

/**
 * Opens a transport and returns the bus on it. Rejects with `UNAUTHORIZED`, `NOT_CONNECTED`, `INVALID_ARGUMENT` (an option
 * that the broker refuses) or `CANCELLED` and leaves nothing open then. Afterwards the link is kept up for ever.
 */
export async function connectBus(transport: Transport, options: BusOptions = {}): Promise<Bus> {
  const bus = new Bus(transport, options)
  await bus.connect(options.signal)
  return bus
}

/** RPC and PubSub over one connection to a broker. Made by `connectBus`. */
export class Bus {
  readonly #host: ServiceHost & { limits: CodecLimits }
  readonly #limits: CodecLimits
  readonly #calls: Calls
  readonly #members: Members
  readonly #link: LinkState
  readonly #onClose = (service: Service): void => void this.#members.leave(service)
  readonly #handlersEnd = new AbortController()
  #closing: Promise<void> | undefined

  constructor(transport: Transport, options: BusOptions = {}) {
    const { hooks = {}, limits, replyPrefixes } = options
    const observe = observerOf(hooks)
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#host = {
      transport,
      limits: this.#limits,
      hooks,
      acceptReplyTo: replyRule(replyPrefixes),
      closing: this.#handlersEnd.signal,
      observe,
      observeSuccess: successObserverOf(hooks),
    }
    this.#calls = new Calls(this.#host)
    this.#members = new Members((error) => observe({ type: 'problem', error }))
    this.#link = new LinkState((error) => observe({ type: 'listener_failed', topic: 'state', error }))
  }

  /** Called once, by `connectBus`. */
  async connect(signal: AbortSignal | undefined): Promise<void> {
    await this.#host.transport.connect({
      events: {
        state: (state) => this.#changeState(state),
        reply: (reply) => this.#calls.accept(reply),
        unanswerable: (id) => this.#calls.rejectUnanswerable(id),
        problem: (error) => this.#host.observe({ type: 'problem', error }),
      },
      ...(signal ? { signal } : {}),
    })
    this.#fitLimits()
    this.#link.opened()
  }

  /** The broker's kind: `memory`, `mqtt`, ... */
  get transportName(): string {
    return this.#host.transport.name
  }

  get capabilities(): Capabilities {
    return this.#host.transport.capabilities
  }

  get state(): TransportState {
    return this.#link.state
  }

  /** How many calls wait for a reply. */
  get pendingCalls(): number {
    return this.#calls.pending
  }

  /** Calls `listener` at every change of the link. Returns the function that stops it. */
  onState(listener: (state: TransportState) => void): () => void {
    return this.#link.onChange(listener)
  }

  /**
   * Publishes JSON; `undefined` is sent as no bytes, which with `retain` deletes what the broker keeps. Resolves when the
   * broker (at `qos: 0`, the default, the socket) has it. Rejects `NOT_CONNECTED` at once while the link is down (nothing
   * is sent later), `INVALID_PAYLOAD` for what JSON cannot hold or what is too large, `UNSUPPORTED` for `retain` where
   * the broker keeps nothing, and `CLOSED` once the grace time of `close` is over.
   */
  publish(topic: string, data: unknown, options?: TransportPublishOptions): Promise<void>
  publish<Topic extends string, Message extends Schema>(
    channel: ChannelContract<Topic, Message>,
    params: TopicParameters<Topic>,
    data: Input<Message>,
    options?: TransportPublishOptions,
  ): Promise<void>
  publish(target: string | ChannelContract, first: unknown, second?: unknown, third?: unknown): Promise<void> {
    try {
      if (this.#handlersEnd.signal.aborted) throw new BotbusError('CLOSED', 'the bus is closed')
      if (typeof target !== 'string') {
        return this.#publishChecked(target, first as Record<string, string>, second, third as TransportPublishOptions)
      }
      assertTopic(target)
      return this.#publish(target, first, second as TransportPublishOptions)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Feeds a listener. Resolves when the broker has acknowledged: nothing published later is missed.
   * What cannot be read is dropped, counted and reported; it never stops the stream.
   */
  subscribe(pattern: string, listener: MessageListener, options?: SubscriptionOptions): Promise<Subscription>
  subscribe<Topic extends string, Message extends Schema>(
    channel: ChannelContract<Topic, Message>,
    params: TopicParameters<Topic>,
    listener: MessageListener<Output<Message>>,
    options?: SubscriptionOptions,
  ): Promise<Subscription>
  subscribe(target: string | ChannelContract, ...rest: unknown[]): Promise<Subscription> {
    if (typeof target === 'string') {
      const [listener, options] = rest as [MessageListener, SubscriptionOptions | undefined]
      return this.#subscribe(target, undefined, listener, options)
    }
    const [params, listener, options] = rest as [
      Record<string, string>,
      MessageListener,
      SubscriptionOptions | undefined,
    ]
    return this.#subscribe(() => fillTemplate(target.topic, params, true), target, listener, options)
  }

  /** Messages as an async iterator, at most `capacity` (1,024) of them waiting. See `MessageStream`. */
  messages(pattern: string, options?: ListenOptions): MessageStream
  messages<Topic extends string, Message extends Schema>(
    channel: ChannelContract<Topic, Message>,
    params: TopicParameters<Topic>,
    options?: ListenOptions,
  ): MessageStream<Output<Message>>
  messages(target: string | ChannelContract, ...rest: unknown[]): MessageStream {
    const isText = typeof target === 'string'
    const [params, options] = (isText ? [{}, rest[0]] : rest) as [Record<string, string>, ListenOptions | undefined]
    const pattern = isText ? target : (): string => fillTemplate(target.topic, params, true)
    return new MessageStream({
      capacity: options?.capacity ?? 1_024,
      overflow: options?.overflow ?? 'drop-oldest',
      open: (listener, onClose) => this.#subscribe(pattern, isText ? undefined : target, listener, options, onClose),
      onOverflow: (topic) => this.#host.observe({ type: 'dropped', topic, reason: 'overflow' }),
    })
  }

  /**
   * Calls the server of an address; without data, with `{}`. Settles always: with the reply, or with a `BotbusError` whose
   * `outcome` says whether the request may have run. A lost link rejects it at once; it is never sent again.
   */
  call(address: string, data?: unknown, options?: CallOptions): Promise<unknown>
  call<Address extends string, Request extends Schema, Response extends Schema>(
    contract: RpcContract<Address, Request, Response>,
    params: TopicParameters<Address>,
    request: Input<Request>,
    options?: CallOptions,
  ): Promise<Output<Response>>
  call(target: string | RpcContract, first?: unknown, second?: unknown, third?: CallOptions): Promise<unknown> {
    if (typeof target === 'string') return this.#calls.call(target, first, second as CallOptions | undefined)
    return this.#calls.callContract(target, first as Record<string, string>, second, third)
  }

  /**
   * Answers the calls of an address. The handler's return value is the reply; what it throws reaches the caller as
   * `REMOTE` (message, no stack) or, made by `context.error`, as the declared error.
   */
  serve(address: string, handler: RequestHandler, options?: ServeOptions): Promise<Service>
  serve<Address extends string, Request extends Schema, Response extends Schema, Errors extends RpcContract['errors']>(
    contract: RpcContract<Address, Request, Response, Errors>,
    params: TopicParameters<Address>,
    handler: RequestHandler<Output<Request>, Input<Response>, Errors>,
    options?: ServeOptions,
  ): Promise<Service>
  async serve(target: string | RpcContract, ...rest: unknown[]): Promise<Service> {
    const isText = typeof target === 'string'
    const [params, handler, options = {}] = (isText ? [{}, ...rest] : rest) as [
      Record<string, string>,
      RequestHandler<never>,
      ServeOptions | undefined,
    ]
    const address = isText ? target : fillTemplate(target.address, params, true)
    assertServable(this.#host.transport, address, options.group)
    const contract = isText ? undefined : target
    const service = new Service(this.#host, { address, contract, handler, options, onClose: this.#onClose })
    return this.#members.open(service, () => service.open(), options.signal)
  }

  /**
   * Rejects the calls that wait and refuses new calls, subscriptions and services (`CLOSED`), lets running handlers and
   * listeners publish, reply and end within `grace`, then closes the link. Idempotent: later calls return the first one's
   * promise.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.grace ?? 5_000)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(grace: number): Promise<void> {
    this.#calls.close()
    await this.#members.drain(grace)
    this.#handlersEnd.abort(new BotbusError('CLOSED', 'the bus was closed'))
    try {
      await this.#host.transport.close()
    } finally {
      this.#changeState({ status: 'closed' })
    }
  }

  async #publishChecked(
    channel: ChannelContract,
    params: Readonly<Record<string, string>>,
    data: unknown,
    options: TransportPublishOptions | undefined,
  ): Promise<void> {
    const topic = fillTemplate(channel.topic, params, false)
    await parse(channel.message, data, `message on ${topic}`, 'INVALID_ARGUMENT')
    return this.#publish(topic, data, options)
  }

  /** Throws or rejects. */
  #publish(topic: string, data: unknown, options: TransportPublishOptions | undefined): Promise<void> {
    const { transport, limits, observeSuccess } = this.#host
    if (options?.retain) assertRetains(transport)
    const payload = data === undefined ? '' : encodeJson(data, limits)
    const sent = transport.publish(topic, payload, options)
    if (!observeSuccess) return sent
    return sent.then(() => observeSuccess({ type: 'published', topic, bytes: Buffer.byteLength(payload) }))
  }

  async #subscribe(
    pattern: string | (() => string),
    channel: ChannelContract | undefined,
    listener: MessageListener<never>,
    options: SubscriptionOptions = {},
    onEnd?: () => void,
  ): Promise<Subscription> {
    const topic = typeof pattern === 'string' ? pattern : pattern()
    assertSubscribable(this.#host.transport, topic, options)
    const onClose = (): void => {
      void this.#members.leave(subscription)
      onEnd?.()
    }
    const subscription: Subscription = new Subscription(this.#host, {
      pattern: topic,
      channel,
      listener,
      options,
      onClose,
    })
    return this.#members.open(subscription, () => subscription.open(), options.signal)
  }

  /** At each connect: another broker may take less, or more. */
  #fitLimits(): void {
    const { transport } = this.#host
    const maxBytes = Math.min(this.#limits.maxBytes, transport.capabilities.maxPayload)
    this.#host.limits = { ...this.#limits, maxBytes }
  }

  #changeState(state: TransportState): void {
    if (state.status === 'connected') {
      this.#fitLimits()
    } else {
      const { cause } = state
      const message = `the link to the broker was lost${cause ? `: ${cause.message}` : ''}`
      this.#calls.rejectAll(() => new BotbusError('NOT_CONNECTED', message, { outcome: 'unknown', cause }))
    }
    this.#link.change(state)
  }
}
