import type {
  Capabilities,
  DeliveryListener,
  IncomingRequest,
  OutgoingReply,
  OutgoingRequest,
  SubscribeOptions,
  Transport,
  TransportEvents,
  TransportSubscribeOptions,
  Unsubscribe,
} from '@botbus/core'
import { LinkKeeper, toBuffer, warnIfInsecure } from '@botbus/core/transport-kit'
import { capabilitiesOf } from './capabilities.ts'
import type { PartitionOffset, RecordListener } from './driver.ts'
import { Inbox } from './inbox.ts'
import { type KafkaOptions, parseOptions, type Settings } from './options.ts'
import { openSession, type Session } from './session.ts'
import { Subscriptions } from './subscriptions.ts'
import { kafkaNameOf, keyOf, MAX_MESSAGE_BYTES, Topics } from './topics.ts'

/** Milliseconds. After a longer outage, subscribers go on with what comes next: nobody wants an hour of old heartbeats at once. */
const RESUMES_WITHIN = 60_000

/**
 * RPC and PubSub over Apache Kafka. Nothing happens before `connect`. Throws `INVALID_ARGUMENT` with the option's name for
 * options that cannot be right.
 */
export function kafka(options: KafkaOptions): Transport {
  return new KafkaTransport(parseOptions(options))
}

class KafkaTransport implements Transport {
  readonly name = 'kafka'
  readonly #settings: Settings
  readonly #topics: Topics
  readonly #inbox = new Inbox()
  readonly #subscriptions: Subscriptions
  readonly #services: Subscriptions
  readonly #link: LinkKeeper<Session>
  #capabilities: Capabilities = capabilitiesOf({ maxMessageBytes: MAX_MESSAGE_BYTES })
  #events: TransportEvents | undefined
  /** Connected, with subscriptions not all restored yet: requests may arrive, so replies may leave. */
  #restoring: Session | undefined
  #latest: Session | undefined
  /** Where messages were read to when the link was lost. */
  #left: { readonly at: number; readonly positions: readonly PartitionOffset[] } | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    const topics = new Topics(settings)
    this.#topics = topics
    const { prefix } = settings
    this.#subscriptions = new Subscriptions(
      { name: 'messages', partitionsOf: (pattern) => topics.messagesOf(pattern) },
      prefix,
      topics,
    )
    this.#services = new Subscriptions(
      { name: 'commands', partitionsOf: (pattern) => topics.commandsOf(pattern) },
      prefix,
      topics,
    )
    this.#link = new LinkKeeper({
      label: settings.label,
      kind: 'a Kafka broker',
      connectTimeout: settings.connectTimeout,
      open: (signal) => this.#open(signal),
      restore: (session) => this.#restore(session),
      onLost: () => {
        this.#remember()
        return {}
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

  async publish(topic: string, payload: string | Uint8Array): Promise<void> {
    await this.#publish(this.#link.session, topic, payload)
  }

  async subscribe(
    pattern: string,
    listener: DeliveryListener,
    { group, acknowledge }: TransportSubscribeOptions = {},
  ): Promise<Unsubscribe> {
    return this.#subscriptions.subscribe(this.#link.session, pattern, listener, { group, limit: acknowledge?.limit })
  }

  replyAddress(_address: string, id: string): string {
    return this.#inbox.replyAddress(id)
  }

  async request(address: string, { payload }: OutgoingRequest): Promise<void> {
    await this.#send(this.#link.session, this.#topics.commands, address, payload)
  }

  async serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    { group }: SubscribeOptions = {},
  ): Promise<Unsubscribe> {
    return this.#services.subscribe(this.#link.session, address, (delivery) => listener(delivery), { group })
  }

  async reply(replyTo: string, { payload }: OutgoingReply): Promise<void> {
    const session = this.#restoring ?? this.#link.session
    if (Inbox.isInbox(replyTo)) await this.#send(session, this.#topics.replies, replyTo, payload)
    else await this.#publish(session, replyTo, payload)
  }

  #publish(session: Session, topic: string, payload: string | Uint8Array): Promise<void> {
    if (!this.#topics.isOwn(topic)) return this.#send(session, this.#topics.messages, topic, payload)
    const name = kafkaNameOf(topic)
    const key = keyOf(topic)
    const record = { key, value: toValue(payload), headers: {} }
    return session.outbox.send(name, this.#topics.partitionFor(name, key), record)
  }

  #send(session: Session, name: string, topic: string, payload: string | Uint8Array): Promise<void> {
    const key = keyOf(topic)
    const record = { key, value: toValue(payload), headers: { topic } }
    return session.outbox.send(name, this.#topics.partitionFor(name, key), record)
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const session = await openSession(
      {
        settings: this.#settings,
        topics: this.#topics,
        inbox: this.#inbox,
        resume: this.#resume(),
        onRecords: this.#onRecords,
        onReply: (id, address, payload) => this.#events?.reply({ id, address, payload }),
        onProblem: (error) => this.#events?.problem(error),
      },
      signal,
    )
    this.#latest = session
    this.#capabilities = capabilitiesOf(this.#topics)
    return session
  }

  async #restore(session: Session): Promise<void> {
    this.#restoring = session
    try {
      const all = await Promise.all([this.#subscriptions.restore(session), this.#services.restore(session)])
      for (const { error } of all.flat()) this.#events?.problem(error)
      session.reading.stopResuming()
    } catch (error) {
      // What it has read already must not come again from the next one.
      if (this.#left)
        this.#left = { ...this.#left, positions: [...this.#left.positions, ...this.#positionsOf(session)] }
      throw error
    } finally {
      this.#restoring = undefined
    }
  }

  readonly #onRecords: RecordListener = (source, records) => {
    const isCommand = source.topic === this.#topics.commands
    if (isCommand) this.#services.dispatch(source, records)
    else this.#subscriptions.dispatch(source, records)
  }

  #resume(): readonly PartitionOffset[] {
    if (!this.#left || performance.now() - this.#left.at > RESUMES_WITHIN) return []
    return this.#left.positions
  }

  /** Requests are never read late, so their positions are of no use. */
  #remember(): void {
    this.#left = { at: performance.now(), positions: this.#latest ? this.#positionsOf(this.#latest) : [] }
  }

  /** Of messages; requests are never read from where somebody stopped. */
  #positionsOf(session: Session): PartitionOffset[] {
    return session.reading.positions().filter(({ topic }) => topic !== this.#topics.commands)
  }
}

function toValue(payload: string | Uint8Array): string | Buffer {
  return typeof payload === 'string' ? payload : toBuffer(payload)
}
