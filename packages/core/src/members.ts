import { BotbusError, toBotbusError } from './errors.ts'
import { LONGEST_TIMER } from './timer.ts'

/** A subscription or service of a bus. */
export interface Member {
  close(): Promise<void>
  /** Closes, and resolves when what runs has ended. */
  drain(): Promise<void>
}

const NOTHING = (): void => undefined

/** What is open on a bus: opened under a signal, closed with the bus, forgotten when nothing of it runs any more. */
export class Members {
  /** Each with the function that detaches it from its signal. */
  readonly #members = new Map<Member, () => void>()
  readonly #onProblem: (error: BotbusError) => void
  #isDraining = false

  constructor(onProblem: (error: BotbusError) => void) {
    this.#onProblem = onProblem
  }

  /** Rejects `CANCELLED` or `CLOSED`, with the member closed, when the signal or the bus was faster than the broker. */
  async open<Kind extends Member>(
    member: Kind,
    open: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<Kind> {
    this.#assertWanted(signal)
    this.#members.set(member, signal ? this.#attach(member, signal) : NOTHING)
    try {
      await open()
    } catch (error) {
      this.#detach(member)
      this.#members.delete(member)
      throw error
    }
    if (this.#isDraining || signal?.aborted) await member.close()
    this.#assertWanted(signal)
    return member
  }

  /** To be called once when `close` of a member was called: it stays until its running handlers have ended. */
  async leave(member: Member): Promise<void> {
    if (!this.#members.has(member)) return
    this.#detach(member)
    // Whoever closed it sees the rejection.
    await member.drain().catch(() => undefined)
    this.#members.delete(member)
  }

  /** Nothing opens any more. Resolves when all are closed and nothing of them runs, or after `grace` ms. */
  async drain(grace: number): Promise<void> {
    this.#isDraining = true
    let timer: NodeJS.Timeout | undefined
    const graceEnds = new Promise((resolve) => {
      timer = setTimeout(resolve, Math.min(grace, LONGEST_TIMER))
    })
    await Promise.race([this.#drainAll(), graceEnds])
    clearTimeout(timer)
  }

  async #drainAll(): Promise<void> {
    const outcomes = await Promise.allSettled([...this.#members.keys()].map((member) => member.drain()))
    for (const outcome of outcomes) if (outcome.status === 'rejected') this.#onProblem(toBotbusError(outcome.reason))
  }

  #attach(member: Member, signal: AbortSignal): () => void {
    const close = (): void => void member.close().catch((error: unknown) => this.#onProblem(toBotbusError(error)))
    signal.addEventListener('abort', close, { once: true })
    return () => signal.removeEventListener('abort', close)
  }

  #detach(member: Member): void {
    this.#members.get(member)?.()
  }

  #assertWanted(signal: AbortSignal | undefined): void {
    if (this.#isDraining) throw new BotbusError('CLOSED', 'the bus is closed')
    if (signal?.aborted) throw new BotbusError('CANCELLED', 'the signal was aborted', { cause: signal.reason })
  }
}
