import { BotbusError } from '@botbus/core'
import type { Channel } from 'amqplib'
import type { Connection } from './connection.ts'
import { toOperationError } from './errors.ts'

/**
 * A channel that the broker closes when one of its operations is refused, such as a publish on a forbidden topic: the others of
 * the connection go on, and this one is opened again at once.
 */
export class Lane<Kind extends Channel> {
  readonly #connection: Connection
  readonly #openChannel: () => Promise<Kind>
  readonly #onRefused: (error: BotbusError) => void
  #opening: Promise<Kind> | undefined
  #channel: Kind | undefined
  #isEnding = false

  /** `onRefused`: told why the broker closed the channel. */
  constructor(connection: Connection, open: () => Promise<Kind>, onRefused: (error: BotbusError) => void) {
    this.#connection = connection
    this.#openChannel = open
    this.#onRefused = onRefused
  }

  /** The channel that is open. Throws `NOT_CONNECTED`. */
  get channel(): Kind {
    if (this.#channel) return this.#channel
    throw new BotbusError('NOT_CONNECTED', 'the broker closed the channel, which is being opened again', {
      outcome: 'not_sent',
    })
  }

  /** Resolves with the channel when it is open. */
  open(): Promise<Kind> {
    this.#opening ??= this.#open()
    return this.#opening
  }

  /** Resolves when what was written is on its way to the broker and the channel is closed. */
  async close(): Promise<void> {
    this.#isEnding = true
    await closeChannel(this.#channel)
  }

  async #open(): Promise<Kind> {
    const channel = await this.#openChannel()
    channel.once('close', () => this.#reopen(this.#connection.refusalOf(channel)))
    this.#channel = channel
    return channel
  }

  #reopen(refused: unknown): void {
    this.#channel = undefined
    this.#opening = undefined
    // When the connection closes, its channels are told first.
    setImmediate(() => {
      if (this.#isEnding || this.#connection.down) return
      this.#onRefused(toOperationError(refused, 'what was published or declared last'))
      this.open().catch((error: BotbusError) => this.#connection.hangUp(error))
    })
  }
}

/** Never rejects: a channel that is closed already is what was wanted. */
export async function closeChannel(channel: Channel | undefined): Promise<void> {
  await channel?.close().catch(() => undefined)
}
