import type { RpcContract } from './contract.ts'
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
  /** What the reply is checked against. */
  readonly contract?: RpcContract | undefined
  readonly resolve: (data: unknown) => void
  readonly reject: (error: BotbusError) => void
  /** Both are set while it waits. */
  timer: NodeJS.Timeout | undefined
  onAbort: (() => void) | undefined
}

/** The calls that wait for a reply. Each leaves once: with its reply, or given up for its timeout, its signal or a lost link. */
export class PendingCalls {
  readonly #onGivenUp: (call: PendingCall, error: BotbusError) => void
  readonly #calls = new Map<string, PendingCall>()

  constructor(onGivenUp: (call: PendingCall, error: BotbusError) => void) {
    this.#onGivenUp = onGivenUp
  }

  get size(): number {
    return this.#calls.size
  }

  add(call: PendingCall): void {
    // Node keeps all timers of one duration in one list: a wheel of our own would not be cheaper.
    call.timer = setTimeout(this.#expire, call.timeout, call)
    this.#calls.set(call.id, call)
    if (call.signal) call.onAbort = this.#watch(call, call.signal)
  }

  /**
   * The call that a reply answers; it waits no more. Or why there is none: `late_reply` when nobody waits for it (any more),
   * `foreign_reply` when it arrived elsewhere than where the server we asked was told to send it.
   */
  take(reply: IncomingReply): PendingCall | 'late_reply' | 'foreign_reply' {
    const call = this.#calls.get(reply.id)
    if (!call) return 'late_reply'
    if (reply.address !== undefined && reply.address !== call.replyTo) return 'foreign_reply'
    this.#remove(call)
    return call
  }

  /** Does nothing when it does not wait any more. */
  reject(id: string, error: BotbusError): void {
    const call = this.#calls.get(id)
    if (!call) return
    this.#remove(call)
    this.#onGivenUp(call, error)
  }

  /** The broker has found no server for it. Does nothing when it does not wait any more. */
  rejectUnanswerable(id: string): void {
    const address = this.#calls.get(id)?.address
    this.reject(id, new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' }))
  }

  rejectAll(toError: () => BotbusError): void {
    for (const id of [...this.#calls.keys()]) this.reject(id, toError())
  }

  readonly #expire = ({ id, address, timeout }: PendingCall): void => {
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

  #remove(call: PendingCall): void {
    this.#calls.delete(call.id)
    clearTimeout(call.timer)
    if (call.onAbort) call.signal?.removeEventListener('abort', call.onAbort)
  }
}
