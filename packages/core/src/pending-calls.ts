import { BotbusError } from './errors.ts'
import type { IncomingReply } from './transport.ts'

/** A call, as its caller describes it. */
export interface PendingCall {
  readonly id: string
  readonly address: string
  readonly replyTo: string
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
  /** On the clock of `performance.now()`. */
  readonly started: number
  readonly resolve: (data: unknown) => void
  readonly reject: (error: BotbusError) => void
}

interface Waiting {
  readonly call: PendingCall
  readonly timer: NodeJS.Timeout
  readonly onAbort: (() => void) | undefined
}

/** The calls that wait for a reply. Each leaves once: with its reply, or given up for its timeout, its signal or a lost link. */
export class PendingCalls {
  readonly #onGivenUp: (call: PendingCall, error: BotbusError) => void
  readonly #calls = new Map<string, Waiting>()

  constructor(onGivenUp: (call: PendingCall, error: BotbusError) => void) {
    this.#onGivenUp = onGivenUp
  }

  get size(): number {
    return this.#calls.size
  }

  add(call: PendingCall): void {
    // Node keeps all timers of one duration in one list: a wheel of our own would not be cheaper.
    const timer = setTimeout(() => this.#expire(call), call.timeout)
    this.#calls.set(call.id, { call, timer, onAbort: call.signal && this.#watch(call, call.signal) })
  }

  /**
   * The call that a reply answers; it waits no more. Or why there is none: `late_reply` when nobody waits for it (any more),
   * `foreign_reply` when it arrived elsewhere than where the server we asked was told to send it.
   */
  take(reply: IncomingReply): PendingCall | 'late_reply' | 'foreign_reply' {
    const waiting = this.#calls.get(reply.id)
    if (!waiting) return 'late_reply'
    if (reply.address !== undefined && reply.address !== waiting.call.replyTo) return 'foreign_reply'
    this.#remove(waiting)
    return waiting.call
  }

  /** Does nothing when it does not wait any more. */
  reject(id: string, error: BotbusError): void {
    const waiting = this.#calls.get(id)
    if (!waiting) return
    this.#remove(waiting)
    this.#onGivenUp(waiting.call, error)
  }

  /** The broker has found no server for it. Does nothing when it does not wait any more. */
  rejectUnanswerable(id: string): void {
    const address = this.#calls.get(id)?.call.address
    this.reject(id, new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' }))
  }

  rejectAll(toError: () => BotbusError): void {
    for (const id of [...this.#calls.keys()]) this.reject(id, toError())
  }

  #expire({ id, address, timeout }: PendingCall): void {
    this.reject(id, new BotbusError('TIMEOUT', `no reply from ${address} within ${timeout} ms`, { outcome: 'unknown' }))
  }

  #watch({ id, address }: PendingCall, signal: AbortSignal): () => void {
    const onAbort = (): void => {
      const text = `the call of ${address} was cancelled`
      this.reject(id, new BotbusError('CANCELLED', text, { outcome: 'unknown', cause: signal.reason }))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return onAbort
  }

  #remove({ call, timer, onAbort }: Waiting): void {
    this.#calls.delete(call.id)
    clearTimeout(timer)
    if (onAbort) call.signal?.removeEventListener('abort', onAbort)
  }
}
