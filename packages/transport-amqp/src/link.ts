import { BotbusError, type TransportEvents, toBotbusError } from '@botbus/core'
import { Backoff, tlsConnectionOptions } from '@botbus/core/transport-kit'
import {
  type ChannelModel,
  connect,
  type Options,
  type RecoveringChannelModel,
  type RecoveryOptions,
  type SocketOptions,
} from 'amqplib'
import { toConnectError, toLossError } from './errors.ts'
import { checks, type Settings } from './options.ts'
import type { Session } from './session.ts'

/** How a session is made. */
export interface LinkOptions {
  /** At once, so that no event of the connection is missed. */
  create(model: ChannelModel): Session
  /** Opens the session's channels and restores what is subscribed. Rejects with `BotbusError`. */
  open(session: Session): Promise<void>
}

/** Milliseconds for what is on its way when we close. */
const GOODBYE_TIMEOUT = 2_000

/** amqplib's own timer is for later attempts: the first one is ours to end, and to say why. */
const GRACE = 250

/**
 * The life of the link, kept up by amqplib's recovery: one attempt by `connect`, then, when it is lost, attempts for ever. What amqplib
 * would do while it is down (let operations wait for the next connection) is never asked of it: there is no session then.
 */
export class Link {
  readonly #settings: Settings
  readonly #options: LinkOptions
  readonly #backoff = new Backoff()
  /** Fires when no socket may stay open. */
  readonly #sockets = new AbortController()
  #native: RecoveringChannelModel | undefined
  #events: TransportEvents | undefined
  #opened: Session | undefined
  #session: Session | undefined
  #openedAt = 0
  #wasConnected = false
  #isClosing = false
  #reported = ''

  constructor(settings: Settings, options: LinkOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** The session that is up. Throws `NOT_CONNECTED` or `CLOSED`, with outcome `not_sent`. */
  get session(): Session {
    const { label } = this.#settings
    if (this.#isClosing) throw this.#closedError()
    if (this.#session && !this.#session.down) return this.#session
    const cause = this.#session?.down
    throw new BotbusError('NOT_CONNECTED', `${label}: not connected`, { outcome: 'not_sent', cause })
  }

  /** As `Transport.connect`. */
  async connect({ events, signal }: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    if (this.#events) throw new BotbusError('INVALID_ARGUMENT', 'connect was called twice; make a new transport')
    this.#events = events
    const { label, connectTimeout } = this.#settings
    const onTimeout = (): void => {
      const text = `${label}: no answer within ${connectTimeout} ms; is it an AMQP broker, and is no firewall in between?`
      this.#giveUp(new BotbusError('NOT_CONNECTED', text))
    }
    const onAbort = (): void =>
      this.#giveUp(new BotbusError('CANCELLED', `${label}: connecting was cancelled`, { cause: signal?.reason }))
    const timer = setTimeout(onTimeout, connectTimeout)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
    try {
      this.#native = await this.#start()
      if (this.#sockets.signal.aborted) throw this.#sockets.signal.reason
      await this.#native.waitForConnect()
      if (this.#sockets.signal.aborted) throw this.#sockets.signal.reason
    } catch (error) {
      const cause = this.#sockets.signal.aborted ? this.#sockets.signal.reason : error
      this.#giveUp(toConnectError(cause, this.#settings))
      throw this.#sockets.signal.reason
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** As `Transport.close`, but for being idempotent. `goodbye`: ends what is subscribed. */
  async close(goodbye: () => Promise<void>): Promise<void> {
    this.#isClosing = true
    const session = this.#session
    if (session && !session.down) {
      const timer = setTimeout(() => session.hangUp(this.#closedError()), GOODBYE_TIMEOUT)
      await Promise.race([goodbye().then(() => session.flush()), session.lost])
      // Resolves when the broker has agreed, which a frozen one never does.
      void this.#native?.close()
      await session.connection.closed()
      clearTimeout(timer)
    }
    this.#giveUp(this.#closedError())
    if (this.#wasConnected) this.#events?.state({ status: 'closed' })
  }

  /** Ends the attempt under way and makes no other. */
  #giveUp(reason: BotbusError): void {
    this.#sockets.abort(reason)
    void this.#native?.close()
  }

  async #start(): Promise<RecoveringChannelModel> {
    const { host, port, secure, vhost, username, password, keepalive, connectTimeout, tls } = this.#settings
    const url: Options.Connect = {
      protocol: secure ? 'amqps' : 'amqp',
      hostname: host,
      port,
      username,
      password,
      vhost: encodeURIComponent(vhost),
      heartbeat: keepalive,
    }
    const options: SocketOptions & { signal: AbortSignal; recovery: RecoveryOptions } = {
      ...(secure ? tlsConnectionOptions(checks, host, tls) : {}),
      noDelay: true,
      timeout: connectTimeout + GRACE,
      signal: this.#sockets.signal,
      recovery: this.#recovery(),
    }
    const native = await connect(url, options)
    native.on('connect', () => this.#adopt())
    native.on('disconnect', (error) => this.#lose(error))
    native.on('connect-failed', (error) => this.#report(error))
    // Told again as `disconnect`.
    native.on('error', () => undefined)
    return native
  }

  #recovery(): RecoveryOptions {
    return {
      waitForConnect: false,
      initialMaxRetries: 0,
      maxRetries: Number.POSITIVE_INFINITY,
      calculateDelay: () => this.#backoff.next(),
      setup: (model: ChannelModel) => this.#setup(model),
    }
  }

  async #setup(model: ChannelModel): Promise<void> {
    const { label, connectTimeout } = this.#settings
    const session = this.#options.create(model)
    const timer = setTimeout(() => {
      session.hangUp(new BotbusError('NOT_CONNECTED', `${label}: no answer within ${connectTimeout} ms`))
    }, connectTimeout)
    try {
      await this.#options.open(session)
      // amqplib does not look again whether the connection is still there.
      if (session.down) throw session.down
      this.#opened = session
    } catch (error) {
      // amqplib would say goodbye and wait for the answer, for ever if the broker is frozen.
      session.hangUp(toBotbusError(error))
      await session.lost
      throw session.down
    } finally {
      clearTimeout(timer)
    }
  }

  #adopt(): void {
    if (this.#sockets.signal.aborted) return
    this.#session = this.#opened
    this.#openedAt = performance.now()
    this.#reported = ''
    if (this.#wasConnected) this.#events?.state({ status: 'connected' })
    this.#wasConnected = true
  }

  #lose(error: Error): void {
    if (this.#isClosing) return
    const cause = this.#session?.down ?? toLossError(error, this.#settings)
    this.#session = undefined
    this.#backoff.lost(performance.now() - this.#openedAt)
    this.#events?.state({ status: 'reconnecting', cause })
  }

  #report(error: Error): void {
    if (this.#isClosing || !this.#wasConnected) return
    const problem = toConnectError(error, this.#settings)
    // An unreachable broker is what `reconnecting` says already.
    if (problem.code !== 'NOT_CONNECTED' && problem.message !== this.#reported) this.#events?.problem(problem)
    this.#reported = problem.message
  }

  #closedError(): BotbusError {
    return new BotbusError('CLOSED', `${this.#settings.label}: the transport was closed`, { outcome: 'not_sent' })
  }
}
