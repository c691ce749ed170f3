import { BotbusError, type OutgoingRequest } from '@botbus/core'
import type { Channel, ChannelModel, ConfirmChannel, Message } from 'amqplib'
import { Connection } from './connection.ts'
import { REPLY, replyCode, toOperationError } from './errors.ts'
import { DIRECT_REPLY_TO } from './inbox.ts'
import { closeChannel, Lane } from './lane.ts'
import type { Settings } from './options.ts'
import { inboxQueue, PATTERN_EXCHANGE, TOPIC_EXCHANGE } from './queues.ts'
import type { Incoming } from './reader.ts'
import { toBindingKey } from './topics.ts'
import { Writer } from './writer.ts'

/** What a session tells its transport. */
export interface SessionEvents {
  /** A message for the subscriptions without a group. */
  message(message: Incoming): void
  /** A reply by direct reply-to. */
  reply(message: Incoming): void
  /** Nobody takes a request that was sent to `exchange`. */
  returned(message: Message, session: Session): void
  problem(error: BotbusError): void
}

/** One connection and what Botbus needs open on it: opened once, never repaired. */
export class Session {
  readonly connection: Connection
  readonly serverVersion: string
  readonly #settings: Settings
  readonly #events: SessionEvents
  readonly #writer: Writer
  readonly #publisher: Lane<Channel>
  readonly #confirmer: Lane<ConfirmChannel>
  /** For what the broker may refuse; anything that lives on a channel would go with it. */
  readonly #control: Lane<Channel>
  /** Sends requests and replies and receives replies: direct reply-to wants one channel for both. */
  #rpc: Channel | undefined
  #inboxQueue = ''
  #hasPatterns = true
  /** By binding key: the patterns that need it. `a/+` and `a/*` are two, with one key. */
  readonly #bindings = new Map<string, Set<string>>()

  constructor(model: ChannelModel, settings: Settings, events: SessionEvents) {
    this.#settings = settings
    this.#events = events
    this.serverVersion = String(model.connection.serverProperties.version)
    const { label } = settings
    const connection = new Connection(model, settings, (reason) => {
      const text = `${label}: the broker takes no messages for now, publishing and calling reject: ${reason}`
      events.problem(new BotbusError('RESOURCE_EXHAUSTED', text))
    })
    const onRefused = (error: BotbusError): void => events.problem(error)
    this.connection = connection
    this.#writer = new Writer(connection)
    this.#publisher = new Lane(connection, () => connection.openChannel(), onRefused)
    this.#confirmer = new Lane(connection, () => connection.openConfirmChannel(), onRefused)
    // Whoever declares or binds is told.
    this.#control = new Lane(
      connection,
      () => connection.openChannel(),
      () => undefined,
    )
  }

  get down(): BotbusError | undefined {
    return this.connection.down
  }

  get lost(): Promise<BotbusError> {
    return this.connection.lost
  }

  /** Whether requests find servers of patterns. */
  get hasPatterns(): boolean {
    return this.#hasPatterns
  }

  async open(): Promise<void> {
    const lanes = [this.#publisher.open(), this.#confirmer.open(), this.#declare()]
    await Promise.all([...lanes, this.#openRpc(), this.#openInbox()])
  }

  hangUp(reason: BotbusError): void {
    this.connection.hangUp(reason)
  }

  publish(key: string, body: string | Buffer, qos: 0 | 1): Promise<void> {
    if (qos === 0) {
      const head = { exchange: TOPIC_EXCHANGE, key, contentType: JSON_TYPE }
      return this.#writer.write(this.#publisher.channel, head, body)
    }
    const head = { exchange: TOPIC_EXCHANGE, key, contentType: JSON_TYPE, persistent: true }
    return this.#writer.confirm(this.#confirmer.channel, head, body)
  }

  /** To the default exchange, where the key is the name of a queue. */
  request(queue: string, { id, payload, expiresIn }: OutgoingRequest): Promise<void> {
    const head = {
      exchange: '',
      key: queue,
      mandatory: true,
      contentType: JSON_TYPE,
      correlationId: id,
      replyTo: DIRECT_REPLY_TO,
      expiration: String(Math.ceil(expiresIn)),
    }
    return this.#writer.write(this.#open(), head, payload)
  }

  /** Sends a request that came back to another exchange. */
  async forward({ fields, properties, content }: Message, exchange: string): Promise<void> {
    const { correlationId, expiration, contentType } = properties
    const head = { exchange, key: fields.routingKey, mandatory: true, contentType, correlationId, expiration }
    await this.#writer.write(this.#open(), { ...head, replyTo: DIRECT_REPLY_TO }, content)
  }

  /** Harmless when nobody has that queue any more. */
  reply(queue: string, correlationId: string | undefined, payload: string): Promise<void> {
    const head = { exchange: '', key: queue, contentType: JSON_TYPE, correlationId }
    return this.#writer.write(this.#open(), head, payload)
  }

  /** Lets what matches reach the subscriptions without a group. */
  async bind(pattern: string): Promise<void> {
    const key = toBindingKey(pattern)
    const patterns = this.#bindings.get(key) ?? new Set()
    if (patterns.has(pattern)) return
    this.#bindings.set(key, patterns.add(pattern))
    try {
      await this.#onControl((channel) => channel.bindQueue(this.#inboxQueue, TOPIC_EXCHANGE, key))
    } catch (error) {
      this.#release(key, pattern)
      throw toOperationError(error, `the subscription to ${pattern}`)
    }
  }

  async unbind(pattern: string): Promise<void> {
    const key = toBindingKey(pattern)
    if (!this.#release(key, pattern)) return
    await this.#onControl((channel) => channel.unbindQueue(this.#inboxQueue, TOPIC_EXCHANGE, key))
  }

  /** Resolves when what was written has left, and is confirmed if it has to be. Rejects never, and waits for ever when the broker is frozen. */
  async flush(): Promise<void> {
    await this.#writer.flush()
    // On a channel that closes nothing is confirmed any more. Whoever published is told what the broker refused.
    await this.#confirmer.open().then(
      (channel) => channel.waitForConfirms().catch(() => undefined),
      () => undefined,
    )
    const rpc = this.#rpc
    this.#rpc = undefined
    await Promise.all([this.#publisher.close(), this.#confirmer.close(), this.#control.close(), closeChannel(rpc)])
  }

  async #declare(): Promise<void> {
    try {
      await this.#onControl((channel) => channel.assertExchange(PATTERN_EXCHANGE, 'topic', { durable: true }))
    } catch (error) {
      // A user without the right to declare it calls and serves addresses all the same.
      if (replyCode(error) !== REPLY.accessRefused) throw toOperationError(error, `exchange ${PATTERN_EXCHANGE}`)
      this.#hasPatterns = await this.#exists()
    }
  }

  async #exists(): Promise<boolean> {
    try {
      await this.#onControl((channel) => channel.checkExchange(PATTERN_EXCHANGE))
      return true
    } catch (error) {
      if (replyCode(error) === undefined) throw toOperationError(error, `exchange ${PATTERN_EXCHANGE}`)
      return false
    }
  }

  async #openRpc(): Promise<void> {
    const channel = await this.connection.openChannel()
    channel.on('return', (message: Message) => this.#events.returned(message, this))
    this.#whole(channel, 'the channel of calls')
    await channel.consume(DIRECT_REPLY_TO, (message) => message && this.#events.reply(message), RECEIVE)
    this.connection.reader.receive(channel, (message) => this.#events.reply(message))
    this.#rpc = channel
  }

  async #openInbox(): Promise<void> {
    const channel = await this.connection.openChannel()
    const what = 'the queue of subscriptions'
    this.#whole(channel, what)
    try {
      const { queue } = await channel.assertQueue('', inboxQueue)
      await channel.consume(
        queue,
        (message) => {
          if (message) this.#events.message(message)
          else this.hangUp(new BotbusError('NOT_CONNECTED', `${this.#settings.label}: the broker has deleted ${what}`))
        },
        RECEIVE,
      )
      this.connection.reader.receive(channel, (message) => this.#events.message(message))
      this.#inboxQueue = queue
    } catch (error) {
      throw toOperationError(error, what)
    }
  }

  /** Without that channel nothing goes on: all begins anew then. */
  #whole(channel: Channel, what: string): void {
    channel.once('close', () => {
      const refusal = this.connection.refusalOf(channel)
      if (refusal === undefined || this.down) return
      const error = toOperationError(refusal, what)
      this.#events.problem(error)
      this.hangUp(new BotbusError('NOT_CONNECTED', `${this.#settings.label}: ${error.message}`, { cause: refusal }))
    })
  }

  #open(): Channel {
    if (this.#rpc) return this.#rpc
    throw new BotbusError('NOT_CONNECTED', `${this.#settings.label}: not connected`, { outcome: 'not_sent' })
  }

  /** Rejects with the native error. What fails only because another's operation closed the channel is done again. */
  async #onControl<T>(operation: (channel: Channel) => Promise<T>): Promise<T> {
    for (;;) {
      const channel = await this.#control.open()
      try {
        return await operation(channel)
      } catch (error) {
        if (this.down) throw this.down
        if (replyCode(error) !== undefined || this.connection.refusalOf(channel) === undefined) throw error
        await new Promise(setImmediate) // the lane opens a new one
      }
    }
  }

  /** Whether nobody needs the binding any more. */
  #release(key: string, pattern: string): boolean {
    const patterns = this.#bindings.get(key)
    patterns?.delete(pattern)
    return patterns?.size === 0 && this.#bindings.delete(key)
  }
}

const JSON_TYPE = 'application/json'
/** Each consumer has a channel of its own, so one name does for all; the broker's own would be 31 bytes in each message. */
const RECEIVE = { noAck: true, consumerTag: 'botbus' }
