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
import { type Endpoint, LinkKeeper, toBuffer, warnIfInsecure } from '@botbus/core/transport-kit'
import { capabilitiesOf, DEFAULTS } from './capabilities.ts'
import { writeReply } from './frames.ts'
import { Inbox } from './inbox.ts'
import { ListCalls } from './list-calls.ts'
import { isReplyList, pushReply, replyList } from './list-messages.ts'
import { parseOptions, type RedisOptions, type Settings } from './options.ts'
import { sendRequest } from './requests.ts'
import { Services } from './services.ts'
import { openSession, type Session } from './session.ts'
import { type Listener, Subscriptions } from './subscriptions.ts'
import { toChannel } from './topics.ts'

/** The socket has it. */
const TAKEN = Promise.resolve()

/**
 * RPC and PubSub over Redis. Nothing happens before `connect`. Throws `INVALID_ARGUMENT` with the option's name
 * for options that cannot be right.
 */
export function redis(options: RedisOptions): Transport {
  return new RedisTransport(parseOptions(options))
}

class RedisTransport implements Transport {
  readonly name = 'redis'
  readonly #settings: Settings
  readonly #inbox = new Inbox()
  readonly #subscriptions = new Subscriptions()
  readonly #services: Services
  readonly #link: LinkKeeper<Session>
  #capabilities: Capabilities
  #events: TransportEvents | undefined
  /** Connected, with subscriptions not all restored yet: requests may arrive, so replies may leave. */
  #restoring: Session | undefined
  /** Of the session that is up, where calls travel on lists. */
  #listCalls: ListCalls | undefined
  /** The servers that were there last, which may know of others. */
  #known: readonly Endpoint[] = []

  constructor(settings: Settings) {
    this.#settings = settings
    this.#capabilities = capabilitiesOf(settings.rpc, DEFAULTS)
    this.#services = new Services({
      session: () => this.#restoring ?? this.#link.session,
      problem: (error) => this.#events?.problem(error),
      lists: !settings.cluster,
    })
    this.#link = new LinkKeeper({
      label: settings.label,
      kind: 'a Redis server',
      connectTimeout: settings.connectTimeout,
      open: (signal) => openSession(settings, this.#seeds(), signal),
      restore: (session) => this.#restore(session),
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

  publish(topic: string, payload: string | Uint8Array, { qos = 0 }: TransportPublishOptions = {}): Promise<void> {
    try {
      const { publisher } = this.#link.session
      const content = typeof payload === 'string' ? payload : toBuffer(payload)
      if (qos === 1) return publisher.command('publish', toChannel(topic), content).then(() => undefined)
      publisher.publish('publish', toChannel(topic), content, this.#onPublished)
      return publisher.room() ?? TAKEN
    } catch (error) {
      return Promise.reject(error)
    }
  }

  subscribe(pattern: string, listener: Listener): Promise<Unsubscribe> {
    return this.#inSession((session) => this.#subscriptions.subscribe(session, pattern, listener))
  }

  replyAddress(_address: string, id: string): string {
    return this.#settings.rpc === 'lists' ? replyList(id) : this.#inbox.replyAddress(id)
  }

  request(address: string, request: OutgoingRequest): Promise<void> {
    try {
      const { session } = this.#link
      if (this.#settings.rpc === 'channels') return sendRequest(session, address, request)
      return this.#listCalls?.request(address, request) ?? TAKEN
    } catch (error) {
      return Promise.reject(error)
    }
  }

  serve(
    address: string,
    listener: (request: IncomingRequest) => void,
    { group }: SubscribeOptions = {},
  ): Promise<Unsubscribe> {
    return this.#inSession((session) => this.#services.serve(session, address, listener, group))
  }

  reply(replyTo: string, { payload }: OutgoingReply): Promise<void> | undefined {
    try {
      const session = this.#restoring ?? this.#link.session
      const target = Inbox.targetOf(replyTo)
      if (target) {
        const taker = session.send(target.channel, writeReply(target.id, payload), this.#onPublished)
        return taker.room()
      }
      if (isReplyList(replyTo)) return pushReply(session, replyTo, payload)
    } catch (error) {
      return Promise.reject(error)
    }
    const text = `a reply cannot go to ${replyTo}: it is no inbox, and no list of commlib-py`
    return Promise.reject(new BotbusError('UNSUPPORTED', text))
  }

  async #inSession<Result>(operation: (session: Session) => Promise<Result>): Promise<Result> {
    return operation(this.#link.session)
  }

  /** Nobody waits for Redis's answer to a publish at QoS 0 or to a reply. What a lost link means is told by the link. */
  readonly #onPublished = (error: BotbusError | undefined): void => {
    if (error && error.code !== 'NOT_CONNECTED' && error.code !== 'CLOSED') this.#events?.problem(error)
  }

  async #restore(session: Session): Promise<void> {
    this.#restoring = session
    this.#capabilities = session.capabilities
    if (this.#settings.cluster) this.#known = session.masters
    try {
      await this.#openInbox(session)
      const refused = [...(await this.#subscriptions.restore(session)), ...(await this.#services.restore(session))]
      for (const { error } of refused) this.#events?.problem(error)
    } finally {
      this.#restoring = undefined
    }
  }

  async #openInbox(session: Session): Promise<void> {
    const onReply: TransportEvents['reply'] = (reply) => this.#events?.reply(reply)
    if (this.#settings.rpc === 'lists') {
      this.#listCalls = new ListCalls(session, onReply)
      await session.lists.open((error) => session.hangUp(error))
      return
    }
    const kind = session.isSharded ? 'ssubscribe' : 'subscribe'
    await session.channels.add({ kind, name: this.#inbox.channel }, (_, message) => onReply(this.#inbox.read(message)))
  }

  #seeds(): Endpoint[] {
    return [...this.#known, ...this.#settings.endpoints]
  }
}
