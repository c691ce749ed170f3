import { randomBytes } from 'node:crypto'
import { type CodecLimits, DEFAULT_LIMITS, encodeJson } from './codec.ts'
import { type ChannelContract, type Input, type Output, parse, type RpcContract, type Schema } from './contract.ts'
import { decodeReply, encodeRequest } from './envelope.ts'
import { BotbusError, ERROR_CODES, type ErrorCode, messageOf } from './errors.ts'
import { type BusEvent, type BusHooks, warnOnLoss } from './hooks.ts'
import { MessageStream } from './message-stream.ts'
import { PendingCalls } from './pending-calls.ts'
import { type ReplyRule, replyRule } from './reply-rule.ts'
import { type RequestHandler, type ServeOptions, Service } from './service.ts'
import { type ListenOptions, type MessageListener, Subscription } from './subscription.ts'
import { assertPattern, assertTopic, fillTemplate, isPattern, type TopicParameters } from './topics.ts'
import type {
  Capabilities,
  Headers,
  IncomingReply,
  Transport,
  TransportPublishOptions,
  TransportState,
} from './transport.ts'

export const DEFAULT_TIMEOUT = 30_000
const MAX_TIMEOUT = 2 ** 31 - 1

export interface BusOptions {
  /** Strict setting: servers of this bus reply only to addresses that begin with one of these. Default: any that is safe. */
  replyPrefixes?: readonly string[]
  limits?: Partial<CodecLimits>
  hooks?: BusHooks
  /** Gives up connecting. */
  signal?: AbortSignal
}

export interface CallOptions {
  /** Milliseconds until the call rejects with `TIMEOUT`. Default 30,000. */
  timeout?: number
  signal?: AbortSignal
  /** Calls with one key are executed once by a server. Default: a new key for each call. */
  idempotencyKey?: string
  headers?: Headers
}

export interface CloseOptions {
  /** How long running handlers may go on, in ms. Default 5,000. */
  grace?: number
}

/**
 * Opens a transport and returns the bus on it. Rejects with `UNAUTHORIZED`, `NOT_CONNECTED` or `CANCELLED`
 * and leaves nothing open then. Afterwards the link is kept up for ever.
 */
export async function connectBus(transport: Transport, options: BusOptions = {}): Promise<Bus> {
  const bus = new Bus(transport, options)
  await bus.connect(options.signal)
  return bus
}

/** RPC and PubSub over one connection to a broker. Made by `connectBus`. */
export class Bus {
  readonly #transport: Transport
  readonly #limits: CodecLimits
  readonly #hooks: BusHooks
  readonly #observe: (event: BusEvent) => void
  readonly #acceptReplyTo: ReplyRule
  readonly #pending = new PendingCalls()
  /** What is open, each with the function that detaches it from its signal. */
  readonly #open = new Map<Subscription | Service, () => void>()
  readonly #stateListeners = new Set<(state: TransportState) => void>()
  readonly #handlersEnd = new AbortController()
  #state: TransportState = { status: 'reconnecting', cause: new BotbusError('NOT_CONNECTED', 'not connected yet') }
  #closing: Promise<void> | undefined

  constructor(transport: Transport, options: BusOptions = {}) {
    this.#transport = transport
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#hooks = options.hooks ?? {}
    this.#observe = this.#hooks.observe?.bind(this.#hooks) ?? warnOnLoss()
    this.#acceptReplyTo = replyRule(options.replyPrefixes)
  }

  /** Called once, by `connectBus`. */
  async connect(signal: AbortSignal | undefined): Promise<void> {
    await this.#transport.connect({
      events: {
        state: (state) => this.#changeState(state),
        reply: (reply) => this.#acceptReply(reply),
        problem: (error) => this.#observe({ type: 'problem', error }),
      },
      ...(signal ? { signal } : {}),
    })
    this.#changeState({ status: 'connected' })
  }

  /** The broker's kind: `memory`, `mqtt`, ... */
  get transportName(): string {
    return this.#transport.name
  }

  get capabilities(): Capabilities {
    return this.#transport.capabilities
  }

  get state(): TransportState {
    return this.#state
  }

  /** How many calls wait for a reply. */
  get pendingCalls(): number {
    return this.#pending.size
  }

  /** Calls `listener` at every change of the link. Returns the function that stops it. */
  onState(listener: (state: TransportState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /**
   * Publishes JSON. Resolves when the broker (at `qos: 0`, the default, the socket) has it. Rejects
   * `NOT_CONNECTED` at once while the link is down; nothing is sent later.
   */
  publish(topic: string, data: unknown, options?: TransportPublishOptions): Promise<void>
  publish<Topic extends string, Message extends Schema>(
    channel: ChannelContract<Topic, Message>,
    params: TopicParameters<Topic>,
    data: Input<Message>,
    options?: TransportPublishOptions,
  ): Promise<void>
  async publish(target: string | ChannelContract, ...rest: unknown[]): Promise<void> {
    this.#assertOpen()
    let topic: string
    let data: unknown
    let options: TransportPublishOptions | undefined
    if (typeof target === 'string') {
      ;[data, options] = rest as [unknown, TransportPublishOptions | undefined]
      topic = target
      assertTopic(topic)
    } else {
      const [params, ...others] = rest as [Record<string, string>, unknown, TransportPublishOptions | undefined]
      ;[data, options] = others
      topic = fillTemplate(target.topic, params, false)
      await parse(target.message, data, `message on ${topic}`, 'INVALID_ARGUMENT')
    }
    const payload = encodeJson(data, this.#limits)
    await this.#transport.publish(topic, payload, options)
    this.#observe({ type: 'published', topic, bytes: payload.length })
  }

  /**
   * Feeds a listener. Resolves when the broker has acknowledged: nothing published later is missed.
   * What cannot be read is dropped, counted and reported; it never stops the stream.
   */
  subscribe(pattern: string, listener: MessageListener, options?: ListenOptions): Promise<Subscription>
  subscribe<Topic extends string, Message extends Schema>(
    channel: ChannelContract<Topic, Message>,
    params: TopicParameters<Topic>,
    listener: MessageListener<Output<Message>>,
    options?: ListenOptions,
  ): Promise<Subscription>
  subscribe(target: string | ChannelContract, ...rest: unknown[]): Promise<Subscription> {
    if (typeof target === 'string') {
      const [listener, options] = rest as [MessageListener, ListenOptions | undefined]
      return this.#subscribe(target, undefined, listener, options)
    }
    const [params, listener, options] = rest as [Record<string, string>, MessageListener, ListenOptions | undefined]
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
    return new MessageStream(options?.capacity ?? 1_024, {
      open: (listener, onClose) => this.#subscribe(pattern, isText ? undefined : target, listener, options, onClose),
      onOverflow: (topic) => this.#observe({ type: 'dropped', topic, reason: 'overflow' }),
    })
  }

  /**
   * Calls the server of an address. Settles always: with the reply, or with a `BotbusError` whose `outcome` says
   * whether the request may have run. A lost link rejects it at once; it is never sent again.
   */
  call(address: string, data?: unknown, options?: CallOptions): Promise<unknown>
  call<Address extends string, Request extends Schema, Response extends Schema>(
    contract: RpcContract<Address, Request, Response>,
    params: TopicParameters<Address>,
    request: Input<Request>,
    options?: CallOptions,
  ): Promise<Output<Response>>
  async call(target: string | RpcContract, ...rest: unknown[]): Promise<unknown> {
    if (typeof target === 'string') {
      const [data, options] = rest as [unknown, CallOptions | undefined]
      return this.#call(target, data, options)
    }
    const [params, request, options] = rest as [Record<string, string>, unknown, CallOptions | undefined]
    const address = fillTemplate(target.address, params, false)
    await parse(target.request, request, `request to ${address}`, 'INVALID_ARGUMENT')
    const data = await this.#call(address, request, options)
    try {
      return await parse(target.response, data, `reply from ${address}`, 'INVALID_PAYLOAD')
    } catch (error) {
      throw withOutcome(error, 'executed')
    }
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
    this.#assertOpen()
    const isText = typeof target === 'string'
    const [params, handler, options = {}] = (isText ? [{}, ...rest] : rest) as [
      Record<string, string>,
      RequestHandler<never>,
      ServeOptions | undefined,
    ]
    const address = isText ? target : fillTemplate(target.address, params, true)
    this.#assertPattern(address)
    const service: Service = new Service(
      {
        transport: this.#transport,
        limits: this.#limits,
        hooks: this.#hooks,
        acceptReplyTo: this.#acceptReplyTo,
        closing: this.#handlersEnd.signal,
        observe: this.#observe,
      },
      {
        address,
        contract: isText ? undefined : target,
        handler,
        options,
        onClose: () => this.#forget(service),
      },
    )
    return this.#register(service, () => service.open(), options.signal)
  }

  /**
   * Takes nothing new, rejects the calls that wait (`CLOSED`), lets running handlers and listeners end within `grace`,
   * then closes the link. Idempotent: later calls return the first one's promise.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.grace ?? 5_000)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(grace: number): Promise<void> {
    this.#pending.rejectAll(() => new BotbusError('CLOSED', 'the bus was closed', { outcome: 'unknown' }))
    let timer: NodeJS.Timeout | undefined
    const drained = Promise.allSettled([...this.#open.keys()].map((member) => member.drain()))
    await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, grace)))])
    clearTimeout(timer)
    this.#handlersEnd.abort(new BotbusError('CLOSED', 'the bus was closed'))
    await this.#transport.close()
    this.#changeState({ status: 'closed' })
  }

  async #subscribe(
    pattern: string | (() => string),
    channel: ChannelContract | undefined,
    listener: MessageListener<never>,
    options: ListenOptions = {},
    onClose?: () => void,
  ): Promise<Subscription> {
    this.#assertOpen()
    const topic = typeof pattern === 'string' ? pattern : pattern()
    this.#assertPattern(topic)
    const subscription: Subscription = new Subscription(
      { transport: this.#transport, limits: this.#limits, observe: this.#observe },
      {
        pattern: topic,
        channel,
        listener,
        options,
        onClose: () => {
          this.#forget(subscription)
          onClose?.()
        },
      },
    )
    return this.#register(subscription, () => subscription.open(options.group), options.signal)
  }

  async #register<Member extends Subscription | Service>(
    member: Member,
    open: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<Member> {
    if (signal?.aborted) throw new BotbusError('CANCELLED', 'the signal was aborted', { cause: signal.reason })
    const close = (): void => {
      member.close().catch((error: unknown) => this.#observe({ type: 'problem', error: toBotbusError(error) }))
    }
    this.#open.set(member, () => signal?.removeEventListener('abort', close))
    signal?.addEventListener('abort', close, { once: true })
    try {
      await open()
    } catch (error) {
      this.#forget(member)
      throw error
    }
    if (signal?.aborted || this.#closing !== undefined) await member.close()
    return member
  }

  #forget(member: Subscription | Service): void {
    this.#open.get(member)?.()
    this.#open.delete(member)
  }

  async #call(address: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    const { timeout = DEFAULT_TIMEOUT, signal } = options
    this.#assertOpen('not_sent')
    assertTopic(address)
    if (!(timeout > 0 && timeout <= MAX_TIMEOUT)) {
      throw new BotbusError('INVALID_ARGUMENT', `timeout must be between 1 and ${MAX_TIMEOUT} ms, not ${timeout}`, {
        outcome: 'not_sent',
      })
    }
    if (signal?.aborted) {
      throw new BotbusError('CANCELLED', `the call of ${address} was cancelled`, {
        outcome: 'not_sent',
        cause: signal.reason,
      })
    }
    const started = performance.now()
    try {
      const reply = await this.#exchange(address, data, { ...options, timeout })
      this.#observe({ type: 'call', address, duration: performance.now() - started })
      return reply
    } catch (cause) {
      const error = toBotbusError(cause)
      this.#observe({ type: 'call', address, duration: performance.now() - started, error })
      throw error
    }
  }

  async #exchange(address: string, data: unknown, options: CallOptions & { timeout: number }): Promise<unknown> {
    const id = randomBytes(16).toString('hex')
    const replyTo = this.#transport.replyAddress(address, id)
    const mode = this.#transport.capabilities.headers
    const headers = this.#hooks.inject ? { ...this.#hooks.inject(address), ...options.headers } : options.headers
    const request = {
      replyTo,
      deadline: Date.now() + options.timeout,
      idempotencyKey: options.idempotencyKey ?? id,
      headers,
      data,
    }
    const encoded = encodeRequest(mode, request, this.#limits)
    const replied = this.#pending.add({ id, address, replyTo, timeout: options.timeout, signal: options.signal })
    this.#transport
      .request(address, { id, replyTo, expiresIn: options.timeout, ...encoded })
      .catch((error: unknown) => this.#pending.reject(id, toBotbusError(error)))
    const reply = decodeReply(mode, await replied, this.#limits)
    if (reply.error) throw toCallError(reply.error)
    return reply.data
  }

  #acceptReply(reply: IncomingReply): void {
    const verdict = this.#pending.settle(reply)
    if (verdict !== 'accepted') this.#observe({ type: 'dropped', topic: reply.address ?? reply.id, reason: verdict })
  }

  #changeState(state: TransportState): void {
    if (state.status === 'closed' && this.#state.status === 'closed') return
    this.#state = state
    if (state.status !== 'connected') {
      const { cause } = state
      this.#pending.rejectAll(
        () =>
          new BotbusError('NOT_CONNECTED', `the link to the broker was lost${cause ? `: ${cause.message}` : ''}`, {
            outcome: 'unknown',
            cause,
          }),
      )
    }
    for (const listener of [...this.#stateListeners]) {
      try {
        listener(state)
      } catch (error) {
        this.#observe({ type: 'listener_failed', topic: 'state', error })
      }
    }
  }

  #assertOpen(outcome?: 'not_sent'): void {
    if (this.#closing !== undefined) throw new BotbusError('CLOSED', 'the bus is closed', outcome ? { outcome } : {})
  }

  #assertPattern(pattern: string): void {
    assertPattern(pattern)
    if (isPattern(pattern) && !this.capabilities.wildcards) {
      throw new BotbusError('UNSUPPORTED', `${this.#transport.name} has no wildcard subscriptions: ${pattern}`)
    }
  }
}

function toBotbusError(error: unknown): BotbusError {
  return BotbusError.is(error)
    ? error
    : new BotbusError('INTERNAL', messageOf(error), { outcome: 'unknown', cause: error })
}

function withOutcome(error: unknown, outcome: 'executed'): BotbusError {
  const { code, message, cause } = toBotbusError(error)
  return new BotbusError(code, message, { outcome, cause })
}

/** A code that is one of ours keeps it; a declared one is `REMOTE` with the code in `remote`. */
function toCallError(failure: { code: string; message: string; data?: unknown }): BotbusError {
  const code = (ERROR_CODES as readonly string[]).includes(failure.code) ? (failure.code as ErrorCode) : 'REMOTE'
  return new BotbusError(code, failure.message, {
    outcome: 'executed',
    remote: { code: failure.code, data: failure.data },
  })
}
