import { setTimeout as sleep } from 'node:timers/promises'
import {
  BotbusError,
  type Capabilities,
  type IncomingRequest,
  type OutgoingReply,
  type OutgoingRequest,
  type SubscribeOptions,
  type Transport,
  type TransportEvents,
  type TransportPublishOptions,
  toBotbusError,
  type Unsubscribe,
} from '@botbus/core'
import { Backoff } from './backoff.ts'
import { capabilitiesOf } from './capabilities.ts'
import { isTakeover, REASON } from './errors.ts'
import { Inbox } from './inbox.ts'
import { type MqttOptions, parseOptions, type Settings } from './options.ts'
import { openSession, type Session } from './session.ts'
import { type Listener, Subscriptions } from './subscriptions.ts'

/** After so many short-lived links in a row we ask whether somebody takes our client id: not every broker says so. */
const SUSPICIOUS = 3

/**
 * RPC and PubSub over an MQTT broker. Nothing happens before `connect`. Throws `INVALID_ARGUMENT` with the option's name
 * for options that cannot be right.
 */
export function mqtt(options: MqttOptions): Transport {
  return new MqttTransport(parseOptions(options))
}

class MqttTransport implements Transport {
  readonly name = 'mqtt'
  readonly #settings: Settings
  readonly #inbox: Inbox
  readonly #subscriptions = new Subscriptions()
  readonly #backoff = new Backoff()
  readonly #ending = new AbortController()
  #capabilities: Capabilities
  #events: TransportEvents | undefined
  #session: Session | undefined
  /** Connected, with subscriptions not all restored yet: requests may arrive, so replies may leave. */
  #restoring: Session | undefined
  /** The attempt or the loop of attempts under way. Never rejects. */
  #connecting: Promise<void> = Promise.resolve()
  /** The protocol version that the broker took last: the first one to ask for next time. */
  #version: 4 | 5 = 5
  #wasConnected = false
  #closed: Promise<void> | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.#capabilities = capabilitiesOf(settings.protocolVersion ?? 5, {})
    this.#inbox = new Inbox(settings.namespaces)
    for (const filter of this.#inbox.filters) {
      this.#subscriptions.add(filter, (delivery) => {
        const { topic, payload, retained } = delivery
        if (!retained) this.#events?.reply({ id: Inbox.idOf(delivery), address: topic, payload })
      })
    }
  }

  get capabilities(): Capabilities {
    return this.#capabilities
  }

  async connect({ events, signal }: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    if (this.#events) throw new BotbusError('INVALID_ARGUMENT', 'connect was called twice; make a new transport')
    this.#events = events
    if (this.#settings.tls.insecureSkipVerify) {
      process.emitWarning(
        `${this.#settings.label}: insecureSkipVerify is on: anybody can pose as the broker`,
        'BotbusWarning',
      )
    }
    const opened = this.#open(signal)
    this.#connecting = opened.then(
      () => undefined,
      () => undefined,
    )
    this.#adopt(await opened)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async publish(topic: string, payload: string | Uint8Array, options: TransportPublishOptions = {}): Promise<void> {
    const { qos = 0, retain = false } = options
    await this.#connected().publisher.publish(topic, payload, { qos, retain })
  }

  async subscribe(pattern: string, listener: Listener, { group }: SubscribeOptions = {}): Promise<Unsubscribe> {
    return this.#subscriptions.subscribe(this.#connected().subscriber, pattern, listener, group)
  }

  replyAddress(address: string, id: string): string {
    return this.#inbox.replyAddress(address, id)
  }

  async request(address: string, { payload, replyTo, expiresIn }: OutgoingRequest): Promise<void> {
    if (this.#inbox.isRefused(replyTo)) {
      throw new BotbusError('UNAUTHORIZED', `the broker does not let us receive replies at ${replyTo}`, {
        outcome: 'not_sent',
      })
    }
    const { publisher } = this.#connected()
    const expiry = publisher.version === 5 ? { messageExpiryInterval: Math.ceil(expiresIn / 1_000) } : {}
    const reason = await publisher.publish(address, payload, { qos: 1, ...expiry })
    if (reason === REASON.noMatchingSubscribers) {
      throw new BotbusError('NO_RESPONDER', `nobody serves ${address}`, { outcome: 'not_sent' })
    }
  }

  serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    options?: SubscribeOptions,
  ): Promise<Unsubscribe> {
    return this.subscribe(address, listener, options)
  }

  async reply(replyTo: string, { payload }: OutgoingReply): Promise<void> {
    const { publisher } = this.#restoring ?? this.#connected()
    await publisher.publish(replyTo, payload, { qos: 1 })
  }

  #connected(): Session {
    if (this.#ending.signal.aborted) throw this.#closedError()
    if (this.#session && !this.#session.down) return this.#session
    const { label } = this.#settings
    throw new BotbusError('NOT_CONNECTED', `${label}: not connected`, {
      outcome: 'not_sent',
      cause: this.#session?.down,
    })
  }

  /** One attempt: connections, then every subscription. Rejects with `BotbusError` and leaves nothing open. */
  async #open(signal?: AbortSignal): Promise<Session> {
    const { label, connectTimeout } = this.#settings
    const attempt = new AbortController()
    const onTimeout = (): void => {
      const text = `${label}: no answer within ${connectTimeout} ms; is it an MQTT broker, and is no firewall in between?`
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
      const session = await openSession(this.#settings, this.#version, attempt.signal)
      attempt.signal.addEventListener('abort', () => session.hangUp(attempt.signal.reason as BotbusError))
      await this.#restore(session)
      return session
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      this.#ending.signal.removeEventListener('abort', onEnding)
    }
  }

  async #restore(session: Session): Promise<void> {
    const { subscriber, capabilities } = session
    this.#restoring = session
    subscriber.onMessage((message) => this.#subscriptions.dispatch(message))
    try {
      const refused = await this.#subscriptions.restore(subscriber, capabilities)
      if (session.down) throw session.down
      this.#inbox.setRefused(refused.map(({ filter }) => filter))
      for (const { error } of refused) this.#events?.problem(error)
    } catch (error) {
      session.hangUp(this.#closedError())
      throw error
    } finally {
      this.#restoring = undefined
    }
  }

  #adopt(session: Session): void {
    this.#wasConnected = true
    this.#session = session
    this.#version = session.subscriber.version
    this.#capabilities = session.capabilities
    void session.lost.then((cause) => this.#lose(session, cause))
  }

  #lose(session: Session, cause: BotbusError): void {
    if (this.#ending.signal.aborted) return
    this.#session = undefined
    const shortLived = this.#backoff.lost(performance.now() - session.openedAt)
    this.#events?.state({ status: 'reconnecting', cause })
    const takenOver = isTakeover(cause)
    if (takenOver) this.#events?.problem(cause)
    else if (shortLived === SUSPICIOUS) this.#events?.problem(this.#flapping(cause))
    this.#connecting = this.#reconnect(takenOver)
  }

  /** Tries for ever, until it succeeds or the transport is closed. */
  async #reconnect(takenOver: boolean): Promise<void> {
    const { signal } = this.#ending
    let reported = ''
    while (!signal.aborted) {
      try {
        await sleep(this.#backoff.next({ takenOver }), undefined, { signal })
        const session = await this.#open()
        this.#adopt(session)
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

  #flapping(cause: BotbusError): BotbusError {
    const { label, clientIds } = this.#settings
    const text = `${label}: the connection was lost ${SUSPICIOUS} times soon after it was made; does another client use the client id "${clientIds.subscriber}"?`
    return new BotbusError('NOT_CONNECTED', text, { cause })
  }

  #closedError(): BotbusError {
    return new BotbusError('CLOSED', `${this.#settings.label}: the transport was closed`, { outcome: 'not_sent' })
  }
}
