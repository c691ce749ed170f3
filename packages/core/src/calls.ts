import type { CodecLimits } from './codec.ts'
import { declaredSchema, parse, type RpcContract } from './contract.ts'
import { decodeReply, encodeRequest } from './envelope.ts'
import { ANSWER_CODES, BotbusError, type ErrorCode, type RemoteFailure, toCallError } from './errors.ts'
import type { BusEvent, BusHooks } from './hooks.ts'
import { type PendingCall, PendingCalls } from './pending-calls.ts'
import { randomId } from './random-id.ts'
import { LONGEST_TIMER } from './timer.ts'
import { assertTopic, fillTemplate } from './topics.ts'
import type { Headers, IncomingReply, OutgoingRequest, Transport } from './transport.ts'

/** Milliseconds that a call waits unless its options say otherwise. */
export const DEFAULT_TIMEOUT = 30_000

export interface CallOptions {
  /** Milliseconds until the call rejects with `TIMEOUT`, at most 2^31 - 1. Default 30,000. */
  timeout?: number
  signal?: AbortSignal
  /** Calls with one key are executed once by a server. Default: a new key for each call. */
  idempotencyKey?: string
  headers?: Headers
}

const NO_OPTIONS: CallOptions = Object.freeze({})

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What calls need of their bus. */
export interface CallsHost {
  readonly transport: Transport
  readonly limits: CodecLimits
  readonly hooks: BusHooks
  observe(event: BusEvent): void
  /** Undefined when nobody wants to know of what went well. */
  readonly observeSuccess: ((event: BusEvent) => void) | undefined
}

/** The caller's side of RPC: every error that leaves here has an `outcome`. */
export class Calls {
  readonly #host: CallsHost
  readonly #pending = new PendingCalls((call, error) => call.reject(this.#failed(call.address, call.started, error)))
  #isClosed = false

  constructor(host: CallsHost) {
    this.#host = host
  }

  /** How many calls wait for a reply. */
  get pending(): number {
    return this.#pending.size
  }

  call(address: string, data: unknown, options?: CallOptions): Promise<unknown> {
    return this.#call(address, data, options, undefined)
  }

  /** Checks the request before it leaves, and what comes back. */
  callContract(
    contract: RpcContract,
    params: Readonly<Record<string, string>>,
    request: unknown,
    options?: CallOptions,
  ): Promise<unknown> {
    try {
      const address = fillTemplate(contract.address, params, false)
      const checked = parse(contract.request, request, `request to ${address}`, 'INVALID_ARGUMENT')
      if (!(checked instanceof Promise)) return this.#call(address, request, options, contract)
      return checked.then(
        () => this.#call(address, request, options, contract),
        (error: unknown) => Promise.reject(toCallError(error, 'not_sent')),
      )
    } catch (error) {
      return Promise.reject(toCallError(error, 'not_sent'))
    }
  }

  accept(reply: IncomingReply): void {
    const call = this.#pending.take(reply)
    if (typeof call === 'string') {
      this.#host.observe({ type: 'dropped', topic: reply.address ?? reply.id, reason: call })
      return
    }
    const { address, started, contract } = call
    let data: unknown
    try {
      data = this.#read(reply)
    } catch (error) {
      const failure = this.#failed(address, started, error)
      if (contract) call.resolve(declared(contract, failure))
      else call.reject(failure)
      return
    }
    this.#host.observeSuccess?.({ type: 'call', address, duration: performance.now() - started })
    settle(call, data)
  }

  rejectUnanswerable(id: string): void {
    this.#pending.rejectUnanswerable(id)
  }

  rejectAll(toError: () => BotbusError): void {
    this.#pending.rejectAll(toError)
  }

  /** Rejects what waits and every later call. */
  close(): void {
    this.#isClosed = true
    this.rejectAll(() => new BotbusError('CLOSED', 'the bus was closed', { outcome: 'unknown' }))
  }

  /** What comes back is checked where there is a contract. */
  #call(
    address: string,
    data: unknown,
    options: CallOptions = NO_OPTIONS,
    contract: RpcContract | undefined,
  ): Promise<unknown> {
    const started = performance.now()
    return new Promise((resolve, reject) => {
      try {
        const request = this.#prepare(address, data, options, contract !== undefined)
        const { id, replyTo, expiresIn: timeout } = request
        const { signal } = options
        const waiting = { timer: undefined, onAbort: undefined }
        this.#pending.add({ id, address, replyTo, timeout, signal, started, contract, resolve, reject, ...waiting })
        this.#send(address, request)
      } catch (error) {
        reject(this.#failed(address, started, error))
      }
    })
  }

  /** Nothing has been sent when it throws. */
  #prepare(address: string, data: unknown, options: CallOptions, isChecked: boolean): OutgoingRequest {
    const { transport, limits, hooks } = this.#host
    const { timeout = DEFAULT_TIMEOUT, signal } = options
    try {
      if (this.#isClosed) throw new BotbusError('CLOSED', 'the bus is closed')
      if (!isChecked) assertTopic(address)
      if (!(timeout > 0 && timeout <= LONGEST_TIMER)) {
        throw new BotbusError('INVALID_ARGUMENT', `timeout must be over 0 and at most ${LONGEST_TIMER} ms: ${timeout}`)
      }
      if (signal?.aborted) {
        throw new BotbusError('CANCELLED', `the call of ${address} was cancelled`, { cause: signal.reason })
      }
      const id = randomId()
      const replyTo = transport.replyAddress(address, id)
      const headers = hooks.inject ? { ...hooks.inject(address), ...options.headers } : options.headers
      const deadline = Math.ceil(Date.now() + timeout)
      const facts = { replyTo, deadline, idempotencyKey: options.idempotencyKey ?? id, headers, data }
      const encoded = encodeRequest(transport.capabilities.headers, facts, limits)
      const request: Writable<OutgoingRequest> = { id, replyTo, expiresIn: timeout, payload: encoded.payload }
      if (encoded.headers) request.headers = encoded.headers
      if (signal) request.signal = signal
      return request
    } catch (error) {
      throw toCallError(error, 'not_sent')
    }
  }

  #send(address: string, request: OutgoingRequest): void {
    try {
      const sent = this.#host.transport.request(address, request)
      if (sent !== undefined) this.#watch(request.id, sent)
    } catch (error) {
      this.#pending.reject(request.id, toCallError(error, 'unknown'))
    }
  }

  /** Apart from `#send`: what a closure needs is kept for it, and most requests need none. */
  #watch(id: string, sent: Promise<void>): void {
    sent.catch((error: unknown) => this.#pending.reject(id, toCallError(error, 'unknown')))
  }

  #failed(address: string, started: number, cause: unknown): BotbusError {
    const error = toCallError(cause, 'unknown')
    this.#host.observe({ type: 'call', address, duration: performance.now() - started, error })
    return error
  }

  /** The server has answered, so whatever is wrong with the answer, the request was executed. */
  #read(reply: IncomingReply): unknown {
    const { transport, limits } = this.#host
    try {
      const { data, error } = decodeReply(transport.capabilities.headers, reply, limits)
      if (error) throw remoteError(error)
      return data
    } catch (error) {
      throw toCallError(error, 'executed')
    }
  }
}

/** A code with which the bus itself answers keeps it; the handler's own is `REMOTE` with the code in `remote`. */
function remoteError(failure: RemoteFailure & { readonly message: string }): BotbusError {
  const code: ErrorCode = ANSWER_CODES.find((known) => known === failure.code) ?? 'REMOTE'
  return new BotbusError(code, failure.message, {
    outcome: 'executed',
    remote: { code: failure.code, data: failure.data },
  })
}

function settle(call: PendingCall, reply: unknown): void {
  const { contract, address } = call
  if (!contract) {
    call.resolve(reply)
    return
  }
  try {
    const checked = parse(contract.response, reply, `reply from ${address}`, 'INVALID_PAYLOAD')
    call.resolve(checked instanceof Promise ? checked.catch(failChecked) : checked)
  } catch (error) {
    call.reject(toCallError(error, 'executed'))
  }
}

function failChecked(error: unknown): never {
  throw toCallError(error, 'executed')
}

/** Rethrows; the data of a declared error has passed its schema then. */
async function declared(contract: RpcContract, error: unknown): Promise<never> {
  const { remote, message } = toCallError(error, 'unknown')
  const schema = remote && declaredSchema(contract, remote.code)
  if (!remote || !schema) throw error
  let data: unknown
  try {
    data = await parse(schema, remote.data, `data of error ${remote.code}`, 'INVALID_PAYLOAD')
  } catch (cause) {
    throw toCallError(cause, 'executed')
  }
  throw new BotbusError('REMOTE', message, { outcome: 'executed', remote: { code: remote.code, data } })
}
