import type { Socket } from 'node:net'
import { BotbusError } from '@botbus/core'
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib'
import { toLossError } from './errors.ts'
import { nativeConnection } from './native.ts'
import type { Settings } from './options.ts'
import { Outbox } from './outbox.ts'
import { Reader } from './reader.ts'

/** So many times in a row nothing may have come from the broker, at twice a keepalive: RabbitMQ sends a heartbeat in each. */
const MISSED = 3

/** One open connection of amqplib: until it is lost, never repaired. */
export class Connection {
  /** Resolves when it is down, with the reason. */
  readonly lost: Promise<BotbusError>
  /** Why the broker takes no messages for now (`connection.blocked`): out of memory or disk. */
  blocked: string | undefined
  /** Takes what is published; amqplib itself writes all else. */
  readonly outbox: Outbox
  /** Takes the messages of consumers that acknowledge nothing; amqplib itself reads all else. */
  readonly reader: Reader
  readonly #model: ChannelModel
  readonly #stream: Socket
  readonly #ended = new AbortController()
  readonly #watch: NodeJS.Timeout
  readonly #refusals = new WeakMap<Channel, Error>()
  #down: BotbusError | undefined

  /** `onBlocked`: told when the broker begins to take no messages. */
  constructor(model: ChannelModel, settings: Settings, onBlocked: (reason: string) => void) {
    this.#model = model
    const native = nativeConnection(model)
    this.#stream = native.stream
    this.outbox = new Outbox(native.stream, native.frameMax)
    this.reader = new Reader(native)
    model.on('error', (cause) => this.#fail(toLossError(cause, settings)))
    model.on('blocked', (reason) => {
      this.blocked = reason
      onBlocked(reason)
    })
    model.on('unblocked', () => {
      this.blocked = undefined
    })
    this.lost = new Promise((resolve) => {
      model.once('close', (cause?: Error) => {
        const reason = this.#fail(toLossError(cause ?? new Error('closed'), settings))
        clearInterval(this.#watch)
        // amqplib ends the stream politely, which a frozen peer never answers.
        if (cause) this.#stream.destroy()
        resolve(reason)
      })
    })
    this.#watch = this.#watchFor(settings)
  }

  get down(): BotbusError | undefined {
    return this.#down
  }

  /** Fires when it is down. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  openChannel(): Promise<Channel> {
    return this.#open(() => this.#model.createChannel())
  }

  openConfirmChannel(): Promise<ConfirmChannel> {
    return this.#open(() => this.#model.createConfirmChannel())
  }

  /** Fails what is on its way. */
  hangUp(reason: BotbusError): void {
    this.#fail(reason)
    this.#stream.destroy(reason)
  }

  /** Resolves when the socket is closed. */
  async closed(): Promise<void> {
    if (!this.#stream.closed) await new Promise((resolve) => this.#stream.once('close', resolve))
    clearInterval(this.#watch)
  }

  /** Why the broker closed a channel, if it did. */
  refusalOf(channel: Channel): Error | undefined {
    return this.#refusals.get(channel)
  }

  async #open<Kind extends Channel>(open: () => Promise<Kind>): Promise<Kind> {
    if (this.#down) throw this.#down
    try {
      const channel = await open()
      channel.on('error', (error) => this.#refusals.set(channel, error))
      return channel
    } catch (cause) {
      throw this.#down ?? new BotbusError('RESOURCE_EXHAUSTED', 'the broker gives us no further channel', { cause })
    }
  }

  #fail(reason: BotbusError): BotbusError {
    this.#down ??= reason
    this.#ended.abort(this.#down)
    return this.#down
  }

  /** amqplib itself needs two to three intervals to notice a frozen link, and then leaves the socket open. */
  #watchFor({ keepalive, label }: Settings): NodeJS.Timeout {
    let heard = -1
    let missed = 0
    return setInterval(() => {
      missed = this.#stream.bytesRead === heard ? missed + 1 : 0
      heard = this.#stream.bytesRead
      if (missed < MISSED) return
      this.hangUp(
        new BotbusError('NOT_CONNECTED', `${label}: no sign of life from the broker for ${1.5 * keepalive} s`),
      )
    }, keepalive * 500)
  }
}
