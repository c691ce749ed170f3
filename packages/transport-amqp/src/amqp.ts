import {
  BotbusError,
  type Capabilities,
  type DeliveryListener,
  type IncomingRequest,
  type OutgoingReply,
  type OutgoingRequest,
  type SubscribeOptions,
  type Transport,
  type TransportEvents,
  type TransportPublishOptions,
  type TransportSubscribeOptions,
  type Unsubscribe,
} from '@botbus/core'
import { toBuffer, warnIfInsecure } from '@botbus/core/transport-kit'
import type { Message } from 'amqplib'
import { capabilitiesOf } from './capabilities.ts'
import { Consumers } from './consumers.ts'
import { Inbox, toReplyQueue } from './inbox.ts'
import { Link } from './link.ts'
import { type AmqpOptions, parseOptions, type Settings } from './options.ts'
import { PATTERN_EXCHANGE, TOPIC_EXCHANGE } from './queues.ts'
import type { Incoming } from './reader.ts'
import { server } from './services.ts'
import { Session } from './session.ts'
import { durableMember, groupMember, Subscriptions } from './subscriptions.ts'
import { toRoutingKey, toTopic } from './topics.ts'

/**
 * RPC and PubSub over RabbitMQ, or another AMQP 0-9-1 broker with its extensions. Nothing happens before `connect`. Throws
 * `INVALID_ARGUMENT` with the option's name for options that cannot be right.
 */
export function amqp(options: AmqpOptions): Transport {
  return new AmqpTransport(parseOptions(options))
}

class AmqpTransport implements Transport {
  readonly name = 'amqp'
  readonly capabilities: Capabilities
  readonly #settings: Settings
  readonly #inbox: Inbox
  readonly #subscriptions = new Subscriptions()
  readonly #consumers = new Consumers((error) => this.#events?.problem(error))
  readonly #link: Link
  #events: TransportEvents | undefined
  /** Connected, with consumers not all restored yet: requests may arrive, so replies may leave. */
  #restoring: Session | undefined
  #closed: Promise<void> | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.capabilities = capabilitiesOf(settings)
    this.#inbox = new Inbox(settings.mqttBots ? settings.namespaces : [])
    for (const pattern of this.#inbox.patterns) {
      this.#subscriptions.add(pattern, ({ topic, payload }) =>
        this.#events?.reply({ id: Inbox.idOf(topic), address: topic, payload }),
      )
    }
    this.#link = new Link(settings, {
      create: (model) =>
        new Session(model, settings, {
          message: (message) => this.#subscriptions.dispatch(message),
          reply: (message) => this.#acceptReply(message),
          returned: (message, session) => this.#sendElsewhere(message, session),
          problem: (error) => this.#events?.problem(error),
        }),
      open: (session) => this.#open(session),
    })
  }

  async connect(options: { events: TransportEvents; signal?: AbortSignal }): Promise<void> {
    this.#events = options.events
    warnIfInsecure(this.#settings.label, this.#settings.tls)
    await this.#link.connect(options)
  }

  close(): Promise<void> {
    this.#closed ??= this.#link.close(() => this.#consumers.stop())
    return this.#closed
  }

  async publish(topic: string, payload: string | Uint8Array, options: TransportPublishOptions = {}): Promise<void> {
    const body = typeof payload === 'string' ? payload : toBuffer(payload)
    return this.#link.session.publish(toRoutingKey(topic), body, options.qos ?? 0)
  }

  async subscribe(
    pattern: string,
    listener: DeliveryListener,
    { group, acknowledge }: TransportSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    const { session } = this.#link
    if (group === undefined) return this.#subscriptions.subscribe(session, pattern, listener)
    if (!acknowledge) return this.#consumers.add(session, groupMember(group, pattern, listener))
    return this.#consumers.add(session, durableMember(this.#settings, group, pattern, acknowledge.limit, listener))
  }

  replyAddress(address: string, id: string): string {
    return this.#inbox.replyAddress(address, id)
  }

  request(address: string, request: OutgoingRequest): Promise<void> {
    try {
      return this.#link.session.request(toRoutingKey(address), request)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    _options?: SubscribeOptions,
  ): Promise<Unsubscribe> {
    return this.#consumers.add(this.#link.session, server(address, listener))
  }

  reply(replyTo: string, { id, payload }: OutgoingReply): Promise<void> {
    try {
      const session = this.#restoring ?? this.#link.session
      return session.reply(toReplyQueue(replyTo, toRoutingKey), id, payload)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #open(session: Session): Promise<void> {
    this.#restoring = session
    try {
      await session.open()
      const [refused] = await Promise.all([this.#subscriptions.restore(session), this.#consumers.restore(session)])
      for (const error of refused) this.#events?.problem(error)
    } finally {
      this.#restoring = undefined
    }
  }

  #acceptReply({ properties, content }: Incoming): void {
    const { correlationId } = properties
    if (typeof correlationId === 'string') this.#events?.reply({ id: correlationId, payload: content })
  }

  /** No queue has the address as its name: then those that serve patterns are asked, then bots on MQTT. */
  #sendElsewhere(message: Message, session: Session): void {
    const { exchange, routingKey } = message.fields
    const id = String(message.properties.correlationId)
    const next = this.#nextExchange(exchange, toTopic(routingKey), session)
    if (next === undefined) {
      this.#events?.unanswerable(id)
      return
    }
    session.forward(message, next).catch((error: unknown) => {
      // A lost link rejects the call anyway. Otherwise it ends here: it reached nobody.
      if (BotbusError.is(error) && !session.down) this.#events?.unanswerable(id)
    })
  }

  #nextExchange(tried: string, address: string, session: Session): string | undefined {
    if (tried === '' && session.hasPatterns) return PATTERN_EXCHANGE
    return tried !== TOPIC_EXCHANGE && this.#inbox.reachesBots(address) ? TOPIC_EXCHANGE : undefined
  }
}
