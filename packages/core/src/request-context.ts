import type { Input, RpcContract } from './contract.ts'
import type { RequestEnvelope } from './envelope.ts'
import type { RequestSignal } from './request-signal.ts'
import type { Headers } from './transport.ts'

/** An error that a contract declares: the caller gets its code and data in `error.remote`. */
export class DeclaredError extends Error {
  override readonly name = 'DeclaredError'
  readonly code: string
  readonly data: unknown

  constructor(code: string, data: unknown, message: string = code) {
    super(message)
    this.code = code
    this.data = data
  }
}

/** What a handler knows of its request beside the data. */
export class RequestContext<Errors extends RpcContract['errors'] = RpcContract['errors']> {
  /** The address that was called. */
  readonly address: string
  /** The values of the contract's `{name}` levels. */
  readonly params: Readonly<Record<string, string>>
  /** Where the reply goes; empty when the caller wants none. */
  readonly replyTo: string
  /** Milliseconds since 1970 until which the caller waits, if it said so. */
  readonly deadline: number | undefined
  readonly idempotencyKey: string | undefined
  readonly headers: Headers
  readonly #signal: RequestSignal

  constructor(
    address: string,
    params: Readonly<Record<string, string>>,
    envelope: RequestEnvelope,
    signal: RequestSignal,
  ) {
    this.address = address
    this.params = params
    this.replyTo = envelope.replyTo
    this.deadline = envelope.deadline
    this.idempotencyKey = envelope.idempotencyKey
    this.headers = envelope.headers
    this.#signal = signal
  }

  /** Milliseconds that the caller still waits; `Infinity` when it gave no deadline. */
  timeLeft(): number {
    return this.deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.deadline - Date.now())
  }

  /**
   * Fires at the deadline, when the bus closes without waiting any longer and, where `cancellation` is among the capabilities, when
   * the caller gives up; never once the handler has ended.
   */
  get signal(): AbortSignal {
    return this.#signal.get()
  }

  /** `throw context.error('INSUFFICIENT_FUNDS', { missing: '10' })`: the caller gets code and data. */
  error<Code extends keyof Errors & string>(code: Code, data?: Input<Errors[Code]>, message?: string): DeclaredError {
    return new DeclaredError(code, data, message)
  }
}
