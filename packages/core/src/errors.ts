/**
 * The closed set of reasons for which an operation fails. Match on these, never on message text.
 *
 * | code | meaning |
 * |---|---|
 * | `TIMEOUT` | no answer within the timeout |
 * | `CANCELLED` | the caller's `AbortSignal` fired |
 * | `CLOSED` | the bus or subscription was closed |
 * | `NOT_CONNECTED` | the link to the broker is down or went down meanwhile |
 * | `NO_RESPONDER` | nobody serves that address |
 * | `INVALID_ARGUMENT` | a topic, option or request is malformed |
 * | `INVALID_PAYLOAD` | bytes or a value that the codec or a schema refuses |
 * | `UNAUTHORIZED` | the broker or its certificate refused us |
 * | `UNSUPPORTED` | this transport cannot do that (see its capabilities) |
 * | `REMOTE` | the handler at the other side failed |
 * | `RESOURCE_EXHAUSTED` | a bounded buffer is full |
 * | `INTERNAL` | a defect in Botbus or in a driver |
 */
export const ERROR_CODES = [
  'TIMEOUT',
  'CANCELLED',
  'CLOSED',
  'NOT_CONNECTED',
  'NO_RESPONDER',
  'INVALID_ARGUMENT',
  'INVALID_PAYLOAD',
  'UNAUTHORIZED',
  'UNSUPPORTED',
  'REMOTE',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/**
 * What is known of a failed call: `not_sent` never left (safe to repeat), `unknown` may have run,
 * `executed` was answered by the server, with an error.
 */
export type Outcome = 'not_sent' | 'unknown' | 'executed'

/** What a server said when it answered with an error. `code` is its own word, `data` its detail. */
export interface RemoteFailure {
  readonly code: string
  readonly data?: unknown
}

export interface BotbusErrorOptions {
  outcome?: Outcome
  /** The native error of the client library, kept for diagnosis. */
  cause?: unknown
  remote?: RemoteFailure
}

const marker = Symbol.for('botbus.error')

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['TIMEOUT', 'NOT_CONNECTED', 'NO_RESPONDER', 'RESOURCE_EXHAUSTED'])

/** The one error class of Botbus. */
export class BotbusError extends Error {
  override readonly name = 'BotbusError'
  readonly code: ErrorCode
  /** Set on errors of calls. */
  readonly outcome: Outcome | undefined
  readonly remote: RemoteFailure | undefined

  constructor(code: ErrorCode, message: string, options: BotbusErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.outcome = options.outcome
    this.remote = options.remote
    Object.defineProperty(this, marker, { value: true })
  }

  /**
   * True when the same operation may succeed later. Whether it is safe to repeat is another
   * question: see `outcome`.
   */
  get retryable(): boolean {
    return RETRYABLE.has(this.code)
  }

  /** Recognises errors of every copy of this package, as `instanceof` does not. */
  static is(value: unknown): value is BotbusError {
    return typeof value === 'object' && value !== null && marker in value
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name
  return typeof thrown === 'string' ? thrown : String(thrown)
}
