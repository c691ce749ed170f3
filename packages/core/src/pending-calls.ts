import { BotbusError } from './errors.ts'
import type { IncomingReply } from './transport.ts'

interface Pending {
  readonly address: string
  readonly replyTo: string
  readonly resolve: (reply: IncomingReply) => void
  readonly reject: (error: BotbusError) => void
  readonly timer: NodeJS.Timeout
  readonly signal: AbortSignal | undefined
  readonly onAbort: () => void
}

/** The calls that wait for a reply. Each is settled once: by its reply, its timeout, its signal or a lost link. */
export class PendingCalls {
  readonly #calls = new Map<string, Pending>()

  get size(): number {
    return this.#calls.size
  }

  add(call: {
    id: string
    address: string
    replyTo: string
    timeout: number
    signal: AbortSignal | undefined
  }): Promise<IncomingReply> {
    const { id, address, replyTo, timeout, signal } = call
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.reject(
          id,
          new BotbusError('TIMEOUT', `no reply from ${address} within ${timeout} ms`, { outcome: 'unknown' }),
        )
      }, timeout)
      const onAbort = (): void => {
        this.reject(
          id,
          new BotbusError('CANCELLED', `the call of ${address} was cancelled`, {
            outcome: 'unknown',
            cause: signal?.reason,
          }),
        )
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#calls.set(id, { address, replyTo, resolve, reject, timer, signal, onAbort })
    })
  }

  /**
   * `accepted`, or why not: `late_reply` when nobody waits for it (any more), `foreign_reply` when it
   * arrived elsewhere than where the server we asked was told to send it.
   */
  settle(reply: IncomingReply): 'accepted' | 'late_reply' | 'foreign_reply' {
    const pending = this.#calls.get(reply.id)
    if (!pending) return 'late_reply'
    if (reply.address !== undefined && reply.address !== pending.replyTo) return 'foreign_reply'
    this.#remove(reply.id, pending)
    pending.resolve(reply)
    return 'accepted'
  }

  /** Does nothing when the call is settled. */
  reject(id: string, error: BotbusError): void {
    const pending = this.#calls.get(id)
    if (!pending) return
    this.#remove(id, pending)
    pending.reject(error)
  }

  /** The broker has found no server for it. Does nothing when the call is settled. */
  rejectUnanswerable(id: string): void {
    const pending = this.#calls.get(id)
    if (!pending) return
    this.reject(id, new BotbusError('NO_RESPONDER', `nobody serves ${pending.address}`, { outcome: 'not_sent' }))
  }

  rejectAll(toError: () => BotbusError): void {
    for (const id of [...this.#calls.keys()]) this.reject(id, toError())
  }

  #remove(id: string, pending: Pending): void {
    this.#calls.delete(id)
    clearTimeout(pending.timer)
    pending.signal?.removeEventListener('abort', pending.onAbort)
  }
}
