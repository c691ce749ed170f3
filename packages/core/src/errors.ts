/**
 * The closed set of reasons for which an operation fails. Match on these, never on message text.
 *
 * | code | meaning |
 * |---|---|
 * | `TIMEOUT` | no answer within the timeout, or a request that arrived after its deadline |
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

/** The codes with which the bus of a server answers by itself. Any other in an answer is a word of the handler. */
export const ANSWER_CODES: readonly ErrorCode[] = [
  'TIMEOUT',
  'INVALID_ARGUMENT',
  'INVALID_PAYLOAD',
  'REMOTE',
  'RESOURCE_EXHAUSTED',
]

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

/** The text of anything that was thrown. Never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message || thrown.name)
    const { message } = Object(thrown) as { message?: unknown }
    return typeof message === 'string' ? message : String(thrown)
  } catch {
    return `a thrown ${typeof thrown} without a text`
  }
}

/** A `BotbusError` as it is; anything else is a defect and becomes `INTERNAL`. */
export function toBotbusError(thrown: unknown): BotbusError {
  return BotbusError.is(thrown) ? thrown : new BotbusError('INTERNAL', messageOf(thrown), { cause: thrown })
}

/** The error of a call: it always has an outcome, its own or else `outcome`. */
export function toCallError(thrown: unknown, outcome: Outcome): BotbusError {
  const error = toBotbusError(thrown)
  if (error.outcome !== undefined) return error
  const { code, message, cause, remote } = error
  return new BotbusError(code, message, { outcome, cause, ...(remote ? { remote } : {}) })
}
