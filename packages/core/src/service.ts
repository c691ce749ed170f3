import type { CodecLimits } from './codec.ts'
import { parse, type RpcContract } from './contract.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { decodeRequest, type Encoded, encodeReply, type ReplyEnvelope, type RequestEnvelope } from './envelope.ts'
import { BotbusError, messageOf } from './errors.ts'
import type { BusEvent, BusHooks, DropReason } from './hooks.ts'
import { IdempotencyGuard } from './idempotency.ts'
import type { ReplyRule } from './reply-rule.ts'
import { DeclaredError, RequestContext } from './request-context.ts'
import { extractParameters } from './topics.ts'
import type { IncomingRequest, SubscribeOptions, Transport, Unsubscribe } from './transport.ts'

export type RequestHandler<
  Request = unknown,
  Response = unknown,
  Errors extends RpcContract['errors'] = RpcContract['errors'],
> = (request: Request, context: RequestContext<Errors>) => Response | Promise<Response>

/** How an address is served. Defaults: 64 requests at once, 1,024 waiting; beyond that `RESOURCE_EXHAUSTED` is answered. */
export interface ServeOptions extends SubscribeOptions {
  concurrency?: number
  capacity?: number
  /** Beside the rule of the bus: false refuses a request because of where its reply would go. */
  acceptReplyTo?: ReplyRule
  /**
   * Turns what the bus would answer with an error (a request that fails validation, an expired one, a
   * handler that throws) into data of the contract, for peers that know no errors on the wire.
   */
  answerError?: (error: BotbusError | DeclaredError) => unknown
  signal?: AbortSignal
}

/** What a service needs of its bus. */
export interface ServiceHost {
  readonly transport: Transport
  readonly limits: CodecLimits
  readonly hooks: BusHooks
  readonly acceptReplyTo: ReplyRule
  /** Fires when running handlers are no longer waited for. */
  readonly closing: AbortSignal
  observe(event: BusEvent): void
}

/** Serves one address (or pattern): bytes in, guard, validation, handler, reply out. */
export class Service {
  readonly address: string
  readonly #host: ServiceHost
  readonly #contract: RpcContract | undefined
  readonly #handler: RequestHandler<never>
  readonly #options: ServeOptions
  readonly #queue: DeliveryQueue<{ request: IncomingRequest; envelope: RequestEnvelope }>
  readonly #guard = new IdempotencyGuard()
  readonly #onClose: () => void
  #unsubscribe: Unsubscribe | undefined
  /** Settles, never rejects, when `open` has: closing waits for it. */
  #opened: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(
    host: ServiceHost,
    service: {
      address: string
      contract: RpcContract | undefined
      handler: RequestHandler<never>
      options: ServeOptions
      onClose: () => void
    },
  ) {
    this.#host = host
    this.address = service.address
    this.#contract = service.contract
    this.#handler = service.handler
    this.#options = service.options
    this.#onClose = service.onClose
    const { concurrency = 64, capacity = 1_024 } = service.options
    this.#queue = new DeliveryQueue({ concurrency, capacity, overflow: 'drop-newest' }, ({ request, envelope }) =>
      this.#serve(request, envelope),
    )
  }

  /** Called once, by the bus. */
  open(): Promise<void> {
    const { group } = this.#options
    const listener = (request: IncomingRequest): void => this.#accept(request)
    const opened = this.#host.transport
      .serve(this.address, listener, group === undefined ? {} : { group })
      .then((unsubscribe) => {
        this.#unsubscribe = unsubscribe
      })
    this.#opened = opened.catch(() => undefined)
    return opened
  }

  /** Takes no new request; those that run go on. */
  close(): Promise<void> {
    this.#closing ??= this.#opened.then(() => this.#unsubscribe?.())
    this.#onClose()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Takes no new request and resolves when those that it took are answered. */
  async drain(): Promise<void> {
    await this.close()
    await this.#queue.idle()
  }

  /** The gate: nothing behind it runs for what is unreadable, retained, reflected or too much. */
  #accept(request: IncomingRequest): void {
    if (this.#closing !== undefined) return
    if (request.retained) {
      this.#drop(request, 'retained')
      return
    }
    let envelope: RequestEnvelope
    try {
      envelope = decodeRequest(this.#host.transport.capabilities.headers, request, this.#host.limits)
    } catch (error) {
      this.#drop(request, 'invalid', error)
      return
    }
    if (envelope.replyTo !== '' && !this.#mayReplyTo(envelope.replyTo)) {
      this.#drop(request, 'reflected', `reply address ${JSON.stringify(envelope.replyTo)} is refused`)
      return
    }
    if (this.#queue.push({ request, envelope })) {
      this.#drop(request, 'overflow')
      const error = new BotbusError('RESOURCE_EXHAUSTED', `${request.topic} has too many requests waiting`)
      void this.#reply(
        request,
        envelope,
        this.#encode(() => this.#failure(error)),
      )
    }
  }

  #mayReplyTo(replyTo: string): boolean {
    return this.#host.acceptReplyTo(replyTo) && (this.#options.acceptReplyTo?.(replyTo) ?? true)
  }

  async #serve(request: IncomingRequest, envelope: RequestEnvelope): Promise<void> {
    const key = envelope.idempotencyKey
    const first = key === undefined ? undefined : this.#guard.find(`${request.topic} ${key}`)
    if (first !== undefined) {
      this.#drop(request, 'duplicate')
      return this.#reply(request, envelope, await first)
    }
    const reply = this.#run(request, envelope)
    if (key !== undefined) this.#guard.remember(`${request.topic} ${key}`, reply)
    return this.#reply(request, envelope, await reply)
  }

  /** Never rejects: whatever goes wrong becomes a reply. */
  async #run(request: IncomingRequest, envelope: RequestEnvelope): Promise<Encoded> {
    const { topic } = request
    if (envelope.deadline !== undefined && envelope.deadline <= Date.now()) {
      const late = Date.now() - envelope.deadline
      const error = new BotbusError('TIMEOUT', `the request arrived ${late} ms after its deadline and was not run`)
      this.#drop(request, 'expired', error)
      return this.#encode(() => this.#failure(error))
    }
    const started = performance.now()
    let failure: unknown
    let answer: ReplyEnvelope
    try {
      answer = { headers: {}, data: await this.#handle(topic, envelope) }
    } catch (error) {
      failure = error
      answer = this.#failure(toReplyError(error))
    }
    this.#host.observe({ type: 'request', address: topic, duration: performance.now() - started, error: failure })
    return this.#encode(() => answer)
  }

  async #handle(topic: string, envelope: RequestEnvelope): Promise<unknown> {
    const contract = this.#contract
    const data = contract ? await parse(contract.request, envelope.data, 'request', 'INVALID_ARGUMENT') : envelope.data
    const params = contract ? (extractParameters(contract.address, topic) ?? {}) : {}
    const context = new RequestContext(topic, params, envelope, this.#host.closing)
    const run = (): unknown => this.#handler(data as never, context)
    const answer = await (this.#host.hooks.extract?.(envelope.headers, run) ?? run())
    if (contract) await parse(contract.response, answer, 'the handler’s answer', 'INVALID_PAYLOAD')
    return answer
  }

  #failure(error: BotbusError | DeclaredError): ReplyEnvelope {
    const { answerError } = this.#options
    if (answerError) return { headers: {}, data: answerError(error) }
    const data = error instanceof DeclaredError ? error.data : undefined
    return { headers: {}, error: { code: error.code, message: error.message, data } }
  }

  #encode(answer: () => ReplyEnvelope): Encoded {
    const { headers } = this.#host.transport.capabilities
    try {
      return encodeReply(headers, answer(), this.#host.limits)
    } catch (error) {
      return encodeReply(headers, this.#failure(toReplyError(error)), this.#host.limits)
    }
  }

  async #reply(request: IncomingRequest, envelope: RequestEnvelope, encoded: Encoded): Promise<void> {
    if (envelope.replyTo === '') return
    try {
      await this.#host.transport.reply(envelope.replyTo, {
        ...encoded,
        ...(request.id === undefined ? {} : { id: request.id }),
      })
    } catch (error) {
      if (BotbusError.is(error)) this.#host.observe({ type: 'problem', error })
      else throw error
    }
  }

  #drop(request: IncomingRequest, reason: DropReason, error?: unknown): void {
    this.#host.observe({ type: 'dropped', topic: request.topic, reason, error })
  }
}

/** What the caller may know of a failure: the message, never the stack. */
function toReplyError(error: unknown): BotbusError | DeclaredError {
  if (error instanceof DeclaredError) return error
  if (BotbusError.is(error) && error.code !== 'REMOTE') return error
  return new BotbusError('REMOTE', messageOf(error))
}
