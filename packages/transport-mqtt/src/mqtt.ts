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
  type Unsubscribe,
} from '@botbus/core'
import { LinkKeeper, warnIfInsecure } from '@botbus/core/transport-kit'
import { capabilitiesOf } from './capabilities.ts'
import { isTakeover } from './errors.ts'
import { Inbox } from './inbox.ts'
import { type MqttOptions, parseOptions, type Settings } from './options.ts'
import { openSession, type Session } from './session.ts'
import { type Listener, Subscriptions } from './subscriptions.ts'

/** After so many short-lived links in a row we ask whether somebody takes our client id: not every broker says so. */
const SUSPICIOUS = 3
/** Milliseconds. After another client took our client id: two of a kind must not throw each other out without a pause. */
const AFTER_TAKEOVER = 5_000

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
  readonly #link: LinkKeeper<Session>
  #capabilities: Capabilities
  #events: TransportEvents | undefined
  /** Connected, with subscriptions not all restored yet: requests may arrive, so replies may leave. */
  #restoring: Session | undefined
  /** The protocol version that the broker took last: the first one to ask for next time. */
  #proven: 4 | 5 | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.#capabilities = capabilitiesOf(settings.protocolVersion ?? 5, {})
    this.#inbox = new Inbox(settings.namespaces)
    for (const filter of this.#inbox.filters) {
      this.#subscriptions.add(filter, settings.callQos, (delivery) => {
        const { topic, payload, retained } = delivery
        if (!retained) this.#events?.reply({ id: Inbox.idOf(delivery), address: topic, payload })
      })
    }
    this.#link = new LinkKeeper({
      label: settings.label,
      kind: 'an MQTT broker',
      connectTimeout: settings.connectTimeout,
      open: (signal) => openSession(settings, this.#proven, signal),
      restore: (session) => this.#restore(session),
      onLost: (cause, shortLived) => {
        if (isTakeover(cause)) return { problem: cause, pause: AFTER_TAKEOVER }
        return shortLived === SUSPICIOUS ? { problem: this.#flapping(cause) } : {}
      },
    })
  }

  get capabilities(): Capabilities {
    return this.#capabilities
  }

  async connect(options: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    this.#events = options.events
    warnIfInsecure(this.#settings.label, this.#settings.tls)
    await this.#link.connect(options)
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  publish(topic: string, payload: string | Uint8Array, options?: TransportPublishOptions): Promise<void> {
    try {
      return this.#link.session.publisher.publish(options?.qos ?? 0, { topic, payload, retain: options?.retain })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async subscribe(pattern: string, listener: Listener, { group }: SubscribeOptions = {}): Promise<Unsubscribe> {
    return this.#subscriptions.subscribe(this.#link.session.subscriber, pattern, listener, { group, qos: 1 })
  }

  replyAddress(address: string, id: string): string {
    return this.#inbox.replyAddress(address, id)
  }

  request(address: string, { payload, replyTo, expiresIn }: OutgoingRequest): Promise<void> {
    try {
      if (this.#inbox.isRefused(replyTo)) throw this.#repliesRefused(replyTo)
      const messageExpiryInterval = Math.ceil(expiresIn / 1_000)
      const request = { topic: address, payload, messageExpiryInterval, isRequest: true }
      const { publisher } = this.#link.session
      return this.#settings.callQos === 1 ? publisher.publish(1, request) : publisher.request(request)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    { group }: SubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const options = { group, qos: this.#settings.callQos }
    return this.#subscriptions.subscribe(this.#link.session.subscriber, address, listener, options)
  }

  reply(replyTo: string, { payload }: OutgoingReply): Promise<void> | undefined {
    try {
      const { publisher } = this.#restoring ?? this.#link.session
      // To other peers answers have QoS 1, as a Hummingbot sends them.
      const qos = Inbox.isOurs(replyTo) ? this.#settings.callQos : 1
      const reply = { topic: replyTo, payload }
      return qos === 0 ? publisher.send(reply) : publisher.publish(qos, reply)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #restore(session: Session): Promise<void> {
    const { subscriber, capabilities } = session
    this.#restoring = session
    this.#proven = subscriber.version
    this.#capabilities = capabilities
    subscriber.onMessage((message) => this.#subscriptions.dispatch(message))
    try {
      const refused = await this.#subscriptions.restore(subscriber, capabilities)
      this.#inbox.setRefused(refused.filter(({ group }) => group === undefined).map(({ pattern }) => pattern))
      for (const { error } of refused) this.#events?.problem(error)
    } finally {
      this.#restoring = undefined
    }
  }

  #repliesRefused(replyTo: string): BotbusError {
    const text = `the broker does not let us receive replies at ${replyTo}`
    return new BotbusError('UNAUTHORIZED', text, { outcome: 'not_sent' })
  }

  #flapping(cause: BotbusError): BotbusError {
    const { label, clientIds } = this.#settings
    const text = `${label}: the connection was lost ${SUSPICIOUS} times soon after it was made; does another client use the client id "${clientIds.subscriber}"?`
    return new BotbusError('NOT_CONNECTED', text, { cause })
  }
}
