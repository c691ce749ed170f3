import type { IncomingReply, OutgoingRequest } from '@botbus/core'
import { push } from './list-messages.ts'
import type { Session } from './session.ts'
import { toChannel } from './topics.ts'

/** Milliseconds after a call's end for which a late reply is still taken out of Redis: a service sets no expiry. */
const AFTERMATH = 60_000

/**
 * Calls to services of commlib-py, which take requests from the list named after them and push the reply to the list that the request
 * names. Their replies carry no id, so each call has a list of its own; one connection waits for all of them. One per session.
 */
export class ListCalls {
  readonly #session: Session
  readonly #onReply: (reply: IncomingReply) => void
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(session: Session, onReply: (reply: IncomingReply) => void) {
    this.#session = session
    this.#onReply = onReply
    void session.lost.then(() => this.#clear())
  }

  async request(address: string, { id, replyTo, payload, expiresIn }: OutgoingRequest): Promise<void> {
    const session = this.#session
    const key = toChannel(address)
    session.lists.add(replyTo, (reply) => {
      this.#forget(replyTo)
      this.#onReply({ id, payload: reply })
    })
    try {
      await push(session, key, payload, expiresIn)
    } catch (error) {
      this.#forget(replyTo)
      throw error
    }
    if (session.down) return
    const timer = setTimeout(() => void this.#expire(key, replyTo, payload), expiresIn)
    // The reply may have been faster than the answer to the push.
    if (session.lists.has(replyTo)) this.#timers.set(replyTo, timer)
    else clearTimeout(timer)
  }

  /** Takes back a request that no service has taken: it must not wait for a later one. Never rejects. */
  async #expire(key: string, replyTo: string, payload: string): Promise<void> {
    const session = this.#session
    // It fails with the session only; the list expires then.
    const removed = await session.commandOn(key, 'lrem', key, 1, payload).catch(() => 0)
    if (session.down || !session.lists.has(replyTo)) return
    if (removed === 0) {
      const timer = setTimeout(() => this.#forget(replyTo), AFTERMATH)
      this.#timers.set(replyTo, timer)
    } else this.#forget(replyTo)
  }

  #forget(replyTo: string): void {
    clearTimeout(this.#timers.get(replyTo))
    this.#timers.delete(replyTo)
    void this.#session.lists.remove(replyTo)
  }

  #clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }
}
