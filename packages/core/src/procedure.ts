import { declaredSchema, parse, type RpcContract } from './contract.ts'
import type { RequestEnvelope } from './envelope.ts'
import { BotbusError, messageOf } from './errors.ts'
import type { BusHooks } from './hooks.ts'
import { DeclaredError, RequestContext } from './request-context.ts'
import { RequestSignal } from './request-signal.ts'
import { extractParameters } from './topics.ts'

export type RequestHandler<
  Request = unknown,
  Response = unknown,
  Errors extends RpcContract['errors'] = RpcContract['errors'],
> = (request: Request, context: RequestContext<Errors>) => Response | Promise<Response>

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
   * Rejects with `INVALID_ARGUMENT` (request) or `INVALID_PAYLOAD` (answer) as the contract says, with the handler's
   * `DeclaredError`, or with `REMOTE` for whatever else the handler threw.
   */
  async run(topic: string, envelope: RequestEnvelope, caller?: AbortSignal): Promise<unknown> {
    const contract = this.#contract
    if (!contract) return this.#callHandler({ topic, params: {}, envelope, caller }, envelope.data)
    const data = await parse(contract.request, envelope.data, 'request', 'INVALID_ARGUMENT')
    const params = extractParameters(contract.address, topic) ?? {}
    const answer = await this.#callHandler({ topic, params, envelope, caller }, data)
    await parse(contract.response, answer, 'the handler’s answer', 'INVALID_PAYLOAD')
    return answer
  }

  async #callHandler(
    request: {
      topic: string
      params: Readonly<Record<string, string>>
      envelope: RequestEnvelope
      /** Fires when the caller gave up, where the transport can tell. */
      caller: AbortSignal | undefined
    },
    data: unknown,
  ): Promise<unknown> {
    const { topic, params, envelope, caller } = request
    const signal = new RequestSignal(envelope.deadline, this.#closing, caller)
    const context = new RequestContext(topic, params, envelope, signal)
    const run = (): unknown => this.#handler(data as never, context)
    try {
      return await (this.#hooks.extract ? this.#hooks.extract(envelope.headers, run) : run())
    } catch (error) {
      if (error instanceof DeclaredError) throw await this.#checked(error)
      throw new BotbusError('REMOTE', messageOf(error), { cause: error })
    } finally {
      signal.end()
    }
  }

  /** A declared error whose data is what the contract says. */
  async #checked(error: DeclaredError): Promise<DeclaredError> {
    const schema = declaredSchema(this.#contract, error.code)
    if (schema) await parse(schema, error.data, `data of error ${error.code}`, 'INVALID_PAYLOAD')
    return error
  }
}
