import { declaredSchema, parse, type RpcContract } from './contract.ts'
import type { RequestEnvelope } from './envelope.ts'
import { BotbusError, messageOf } from './errors.ts'
import type { BusHooks } from './hooks.ts'
import { isThenable, type MaybePromise } from './maybe-promise.ts'
import { DeclaredError, RequestContext } from './request-context.ts'
import { RequestSignal } from './request-signal.ts'
import { extractParameters } from './topics.ts'

export type RequestHandler<
  Request = unknown,
  Response = unknown,
  Errors extends RpcContract['errors'] = RpcContract['errors'],
> = (request: Request, context: RequestContext<Errors>) => Response | Promise<Response>

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({})

/** A handler between its schemas. */
export class Procedure {
  readonly #contract: RpcContract | undefined
  readonly #handler: RequestHandler<never>
  readonly #hooks: BusHooks
  readonly #closing: AbortSignal

  constructor(procedure: {
    contract: RpcContract | undefined
    handler: RequestHandler<never>
    hooks: BusHooks
    /** Fires when running handlers are no longer waited for. */
    closing: AbortSignal
  }) {
    this.#contract = procedure.contract
    this.#handler = procedure.handler
    this.#hooks = procedure.hooks
    this.#closing = procedure.closing
  }

  /**
   * Throws or rejects with `INVALID_ARGUMENT` (request) or `INVALID_PAYLOAD` (answer) as the contract says, with the handler's
   * `DeclaredError`, or with `REMOTE` for whatever else the handler threw.
   */
  run(topic: string, envelope: RequestEnvelope, caller?: AbortSignal): MaybePromise<unknown> {
    const contract = this.#contract
    const data = contract ? parse(contract.request, envelope.data, 'request', 'INVALID_ARGUMENT') : envelope.data
    if (data instanceof Promise) return data.then((ready) => this.#callHandler(ready, topic, envelope, caller))
    return this.#callHandler(data, topic, envelope, caller)
  }

  /** `caller`: fires when the caller gave up, where the transport can tell. Written out, as are the callers: each closure costs. */
  #callHandler(
    data: unknown,
    topic: string,
    envelope: RequestEnvelope,
    caller: AbortSignal | undefined,
  ): MaybePromise<unknown> {
    const contract = this.#contract
    const params = contract && extractParameters(contract.address, topic)
    const signal = new RequestSignal(envelope.deadline, this.#closing, caller)
    const context = new RequestContext(topic, params ?? NO_PARAMETERS, envelope, signal)
    let answer: unknown
    try {
      answer = this.#hooks.extract ? this.#extract(data, context) : this.#handler(data as never, context)
    } catch (error) {
      signal.end()
      return this.#fail(error)
    }
    if (isThenable(answer)) return this.#finish(answer, signal)
    signal.end()
    return this.#check(answer)
  }

  #extract(data: unknown, context: RequestContext): unknown {
    return this.#hooks.extract?.(context.headers, () => this.#handler(data as never, context))
  }

  async #finish(running: PromiseLike<unknown>, signal: RequestSignal): Promise<unknown> {
    let answer: unknown
    try {
      answer = await running
    } catch (error) {
      return this.#fail(error)
    } finally {
      signal.end()
    }
    return this.#check(answer)
  }

  #check(answer: unknown): MaybePromise<unknown> {
    if (!this.#contract) return answer
    const checked = parse(this.#contract.response, answer, 'the handler’s answer', 'INVALID_PAYLOAD')
    return checked instanceof Promise ? checked.then(() => answer) : answer
  }

  async #fail(error: unknown): Promise<never> {
    if (error instanceof DeclaredError) throw await this.#checked(error)
    throw new BotbusError('REMOTE', messageOf(error), { cause: error })
  }

  /** A declared error whose data is what the contract says. */
  async #checked(error: DeclaredError): Promise<DeclaredError> {
    const schema = declaredSchema(this.#contract, error.code)
    if (schema) await parse(schema, error.data, `data of error ${error.code}`, 'INVALID_PAYLOAD')
    return error
  }
}
