import { isDeepStrictEqual } from 'node:util'
import type { CodecLimits } from './codec.ts'
import type { RpcContract } from './contract.ts'
import { assertQueueOptions, DeliveryQueue, type QueueOptions } from './delivery-queue.ts'
import { decodeRequest, type Encoded, type RequestEnvelope } from './envelope.ts'
import { BotbusError, toBotbusError } from './errors.ts'
import type { BusEvent, BusHooks, DropReason } from './hooks.ts'
import { IdempotencyGuard } from './idempotency.ts'
import type { MaybePromise } from './maybe-promise.ts'
import { Procedure, type RequestHandler } from './procedure.ts'
import { encodeAnswer, encodeFailure, type ReplyFormat } from './reply-encoding.ts'
import type { ReplyRule } from './reply-rule.ts'
import type { DeclaredError } from './request-context.ts'
import type { IncomingRequest, SubscribeOptions, Transport, Unsubscribe } from './transport.ts'

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
  /** Undefined when nobody wants to know of what went well. */
  readonly observeSuccess: ((event: BusEvent) => void) | undefined
}

interface Accepted {
  readonly request: IncomingRequest
  readonly envelope: RequestEnvelope
}

/** Serves one address (or pattern): bytes in, guard, validation, handler, reply out. */
export class Service {
  readonly address: string
  readonly #host: ServiceHost
  readonly #procedure: Procedure
  readonly #options: ServeOptions
  /** Made when the first request comes, as the guard: most commands of most bots are never called. */
  #queue: DeliveryQueue<Accepted> | undefined
  #guard: IdempotencyGuard | undefined
  readonly #onClose: (service: Service) => void
  #unsubscribe: Unsubscribe | undefined
  /** Settles, never rejects, when `open` has: closing waits for it. */
  #opened: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined
  #isClosed = false

  constructor(
    host: ServiceHost,
    service: {
      address: string
      contract: RpcContract | undefined
      handler: RequestHandler<never>
      options: ServeOptions
      onClose: (service: Service) => void
    },
  ) {
    this.#host = host
    this.address = service.address
    const { contract, handler } = service
    this.#procedure = new Procedure({ contract, handler, hooks: host.hooks, closing: host.closing })
    this.#options = service.options
    this.#onClose = service.onClose
    assertQueueOptions(boundsOf(service.options))
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
    // Whoever opens it is told; closing only waits for it.
    this.#opened = opened.catch(() => undefined)
    return opened
  }

  /**
   * Resolves when the broker hands us no more requests. Those that it had handed us are answered: a broker
   * gave them to nobody else.
   */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = this.#opened
        .then(() => this.#unsubscribe?.())
        .finally(() => {
          this.#isClosed = true
        })
      this.#onClose(this)
    }
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Takes no new request and resolves when those that it took are answered. */
  async drain(): Promise<void> {
    try {
      await this.close()
    } finally {
      await this.#queue?.idle()
    }
  }

  /** The gate: nothing behind it runs for what is unreadable, retained, reflected or too much. */
  #accept(request: IncomingRequest): void {
    if (this.#isClosed) return
    if (request.retained) {
      this.#drop(request, 'retained')
      return
    }
    let envelope: RequestEnvelope
    try {
      envelope = decodeRequest(this.#host.transport.capabilities.headers, request, this.#host.limits)
    } catch (error) {
      // A broker with headers says where the reply goes although the body is unreadable.
      const { replyTo = '' } = request
      void this.#refuse(request, this.#mayReplyTo(replyTo) ? replyTo : '', 'invalid', error)
      return
    }
    if (!this.#mayReplyTo(envelope.replyTo)) {
      this.#drop(request, 'reflected', `reply address ${JSON.stringify(envelope.replyTo.slice(0, 300))} is refused`)
      return
    }
    this.#queue ??= this.#newQueue()
    if (this.#queue.push({ request, envelope })) {
      const error = new BotbusError('RESOURCE_EXHAUSTED', `${request.topic} has too many requests waiting`)
      void this.#refuse(request, envelope.replyTo, 'overflow', error)
    }
  }

  #newQueue(): DeliveryQueue<Accepted> {
    return new DeliveryQueue(
      boundsOf(this.#options),
      ({ request, envelope }) => this.#serve(request, envelope),
      (error) => this.#problem(error),
      ({ request }) => request.payload.byteLength,
    )
  }

  #mayReplyTo(replyTo: string): boolean {
    if (replyTo === '') return true
    try {
      return this.#host.acceptReplyTo(replyTo) && (this.#options.acceptReplyTo?.(replyTo) ?? true)
    } catch (error) {
      this.#problem(error)
      return false
    }
  }

  #serve(request: IncomingRequest, envelope: RequestEnvelope): Promise<void> | undefined {
    const { deadline, idempotencyKey, replyTo } = envelope
    const key = idempotencyKey === undefined ? undefined : this.#guardKey(request.topic, idempotencyKey)
    const first = key === undefined ? undefined : this.#guard?.find(key)
    if (first !== undefined) {
      if (!isDeepStrictEqual(first.data, envelope.data)) {
        const error = new BotbusError('INVALID_ARGUMENT', 'the idempotency key was used before, with other data')
        return this.#refuse(request, replyTo, 'duplicate', error)
      }
      this.#drop(request, 'duplicate')
      return this.#answer(request, replyTo, first.reply)
    }
    const late = deadline === undefined ? -1 : Date.now() - deadline
    if (late >= 0) {
      // Not remembered: it did not run, so the same key may come again with a new deadline.
      const error = new BotbusError('TIMEOUT', `the request arrived ${late} ms after its deadline and was not run`)
      return this.#refuse(request, replyTo, 'expired', error)
    }
    const reply = this.#run(request, envelope)
    if (key !== undefined) {
      this.#guard ??= new IdempotencyGuard()
      this.#guard.remember(key, { data: envelope.data, reply }, request.payload.byteLength)
    }
    return this.#answer(request, replyTo, reply)
  }

  /** One guard belongs to a service, which may serve many addresses. */
  #guardKey(topic: string, key: string): string {
    return topic === this.address ? key : `${topic} ${key}`
  }

  /** Never throws, never rejects: whatever goes wrong becomes a reply. */
  #run(request: IncomingRequest, envelope: RequestEnvelope): MaybePromise<Encoded> {
    const { topic, signal } = request
    const started = performance.now()
    try {
      const answer = this.#procedure.run(topic, envelope, signal)
      return answer instanceof Promise ? this.#finish(topic, started, answer) : this.#succeed(topic, started, answer)
    } catch (error) {
      return this.#fail(topic, started, error)
    }
  }

  async #finish(address: string, started: number, answer: Promise<unknown>): Promise<Encoded> {
    try {
      return this.#succeed(address, started, await answer)
    } catch (error) {
      return this.#fail(address, started, error)
    }
  }

  /** Throws what the codec refuses. */
  #succeed(address: string, started: number, answer: unknown): Encoded {
    const encoded = encodeAnswer(this.#format, answer)
    this.#host.observeSuccess?.({ type: 'request', address, duration: performance.now() - started })
    return encoded
  }

  #fail(address: string, started: number, error: unknown): Encoded {
    this.#host.observe({ type: 'request', address, duration: performance.now() - started, error })
    return encodeFailure(this.#format, error)
  }

  get #format(): ReplyFormat {
    const { transport, limits } = this.#host
    return { mode: transport.capabilities.headers, limits, answerError: this.#options.answerError }
  }

  #refuse(request: IncomingRequest, replyTo: string, reason: DropReason, error: unknown): Promise<void> | undefined {
    this.#drop(request, reason, error)
    return this.#reply(request, replyTo, encodeFailure(this.#format, error))
  }

  #answer(request: IncomingRequest, replyTo: string, reply: MaybePromise<Encoded>): Promise<void> | undefined {
    return reply instanceof Promise
      ? reply.then((encoded) => this.#reply(request, replyTo, encoded))
      : this.#reply(request, replyTo, reply)
  }

  /** Never throws, never rejects. */
  #reply({ id }: IncomingRequest, replyTo: string, encoded: Encoded): Promise<void> | undefined {
    if (replyTo === '') return undefined
    const reply = id === undefined ? encoded : { ...encoded, id }
    return this.#host.transport.reply(replyTo, reply)?.catch(this.#problem)
  }

  #drop(request: IncomingRequest, reason: DropReason, error?: unknown): void {
    this.#host.observe({ type: 'dropped', topic: request.topic, reason, error })
  }

  readonly #problem = (error: unknown): void => {
    this.#host.observe({ type: 'problem', error: toBotbusError(error) })
  }
}

function boundsOf({ concurrency = 64, capacity = 1_024 }: ServeOptions): QueueOptions {
  return { concurrency, capacity, overflow: 'drop-newest' }
}
