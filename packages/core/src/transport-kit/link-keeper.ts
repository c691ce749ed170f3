import { setTimeout as sleep } from 'node:timers/promises'
import { BotbusError, toBotbusError } from '../errors.ts'
import type { TransportEvents } from '../transport.ts'
import { Backoff } from './backoff.ts'

/** What is connected together, from one connect to its loss: opened once, never repaired. */
export interface Session {
  /** Why it is down, if it is. */
  readonly down: BotbusError | undefined
  /** Resolves when it is down, with the reason. Never rejects. */
  readonly lost: Promise<BotbusError>
  /** Fails what is on its way, says goodbye and closes. Harmless when it is down. */
  hangUp(reason: BotbusError): void
  /** Lets what is on its way arrive, for a bounded time, then hangs up. Resolves when it is closed. Never rejects. */
  end(reason: BotbusError): Promise<void>
}

export interface LinkKeeperOptions<Kind extends Session> {
  /** `mqtt://host:port`, for messages. */
  readonly label: string
  /** `an MQTT broker`, for messages. */
  readonly kind: string
  /** Milliseconds for one attempt. */
  readonly connectTimeout: number
  /** Connects once. Rejects with `BotbusError` and leaves nothing open then, also when the signal fires. */
  open(signal: AbortSignal): Promise<Kind>
  /** Subscribes on a new session what should be subscribed. It may use the session; nobody else does yet. */
  restore(session: Kind): Promise<void>
  /**
   * Called when a session was lost, with how many in a row were lost soon after they were made. May name a problem to report
   * and ms to wait beside the back-off.
   */
  onLost?(cause: BotbusError, shortLived: number): { problem?: BotbusError; pause?: number }
}

/** The life of a transport's link: one attempt by `connect`, then, when it is lost, attempts for ever with back-off. */
export class LinkKeeper<Kind extends Session> {
  readonly #options: LinkKeeperOptions<Kind>
  readonly #backoff = new Backoff()
  readonly #ending = new AbortController()
  #events: TransportEvents | undefined
  #session: Kind | undefined
  #openedAt = 0
  /** The attempt or the loop of attempts under way. Never rejects. */
  #connecting: Promise<void> = Promise.resolve()
  #wasConnected = false
  #closed: Promise<void> | undefined

  constructor(options: LinkKeeperOptions<Kind>) {
    this.#options = options
  }

  /** The session that is up. Throws `NOT_CONNECTED` or `CLOSED`, with outcome `not_sent`. */
  get session(): Kind {
    if (this.#ending.signal.aborted) throw this.#closedError()
    if (this.#session && !this.#session.down) return this.#session
    throw new BotbusError('NOT_CONNECTED', `${this.#options.label}: not connected`, {
      outcome: 'not_sent',
      cause: this.#session?.down,
    })
  }

  /** As `Transport.connect`. */
  async connect({ events, signal }: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    if (this.#events) throw new BotbusError('INVALID_ARGUMENT', 'connect was called twice; make a new transport')
    this.#events = events
    const opened = this.#attempt(signal)
    this.#connecting = opened.then(
      () => undefined,
      () => undefined,
    )
    this.#adopt(await opened)
  }

  /** As `Transport.close`. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #attempt(signal?: AbortSignal): Promise<Kind> {
    const { label, kind, connectTimeout } = this.#options
    const attempt = new AbortController()
    const onTimeout = (): void => {
      const text = `${label}: no answer within ${connectTimeout} ms; is it ${kind}, and is no firewall in between?`
      attempt.abort(new BotbusError('NOT_CONNECTED', text))
    }
    const onAbort = (): void =>
      attempt.abort(new BotbusError('CANCELLED', `${label}: connecting was cancelled`, { cause: signal?.reason }))
    const onEnding = (): void => attempt.abort(this.#closedError())
    const timer = setTimeout(onTimeout, connectTimeout)
    signal?.addEventListener('abort', onAbort)
    this.#ending.signal.addEventListener('abort', onEnding)
    if (signal?.aborted) onAbort()
    if (this.#ending.signal.aborted) onEnding()
    try {
      const session = await this.#options.open(attempt.signal)
      const onGivenUp = (): void => session.hangUp(attempt.signal.reason as BotbusError)
      attempt.signal.addEventListener('abort', onGivenUp)
      // The signal may have fired when everything was open already.
      if (attempt.signal.aborted) onGivenUp()
      await this.#restore(session)
      return session
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      this.#ending.signal.removeEventListener('abort', onEnding)
    }
  }

  async #restore(session: Kind): Promise<void> {
    try {
      if (!session.down) await this.#options.restore(session)
      if (session.down) throw session.down
    } catch (error) {
      session.hangUp(toBotbusError(error))
      throw session.down ?? error
    }
  }

  #adopt(session: Kind): void {
    this.#wasConnected = true
    this.#session = session
    this.#openedAt = performance.now()
    void session.lost.then((cause) => this.#lose(cause))
  }

  #lose(cause: BotbusError): void {
    if (this.#ending.signal.aborted) return
    this.#session = undefined
    const shortLived = this.#backoff.lost(performance.now() - this.#openedAt)
    this.#events?.state({ status: 'reconnecting', cause })
    const { problem, pause = 0 } = this.#options.onLost?.(cause, shortLived) ?? {}
    if (problem) this.#events?.problem(problem)
    this.#connecting = this.#reconnect(pause)
  }

  /** Tries for ever, until it succeeds or the transport is closed. */
  async #reconnect(pause: number): Promise<void> {
    const { signal } = this.#ending
    let reported = ''
    while (!signal.aborted) {
      try {
        await sleep(pause + this.#backoff.next(), undefined, { signal })
        this.#adopt(await this.#attempt())
        this.#events?.state({ status: 'connected' })
        return
      } catch (error) {
        if (signal.aborted) return
        const problem = toBotbusError(error)
        // An unreachable broker is what `reconnecting` says already.
        if (problem.code !== 'NOT_CONNECTED' && problem.message !== reported) this.#events?.problem(problem)
        reported = problem.message
      }
    }
  }

  async #close(): Promise<void> {
    this.#ending.abort()
    await this.#connecting
    await this.#session?.end(this.#closedError())
    if (this.#wasConnected) this.#events?.state({ status: 'closed' })
  }

  #closedError(): BotbusError {
    return new BotbusError('CLOSED', `${this.#options.label}: the transport was closed`, { outcome: 'not_sent' })
  }
}
