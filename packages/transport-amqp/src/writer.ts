import { BotbusError, type Outcome } from '@botbus/core'
import type { Channel, ConfirmChannel, Options } from 'amqplib'
import type { Connection } from './connection.ts'
import { toOperationError } from './errors.ts'

/** Publishes on channels of one connection, no faster than the socket takes it. */
export class Writer {
  readonly #connection: Connection
  /** By channel that is full: the one wait of all who write on it. */
  readonly #draining = new Map<Channel, Promise<void>>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Resolves when the socket has it, or will have it without anybody waiting. */
  async write(channel: Channel, exchange: string, key: string, body: Buffer, options: Options.Publish): Promise<void> {
    if (this.#draining.has(channel) || this.#connection.blocked !== undefined) await this.#room(channel)
    this.#publish(channel, exchange, key, body, options)
  }

  /** Resolves when the broker has taken it, rejects when it has not. */
  async confirm(
    channel: ConfirmChannel,
    exchange: string,
    key: string,
    body: Buffer,
    options: Options.Publish,
  ): Promise<void> {
    await this.#room(channel)
    await new Promise<void>((resolve, reject) => {
      this.#publish(channel, exchange, key, body, options, (error) => {
        if (!error) resolve()
        // When the connection closes, its channels are told first: then we know which of the two it was.
        else setImmediate(() => reject(this.#unconfirmed(error, channel, key)))
      })
    })
  }

  #publish(
    channel: Channel,
    exchange: string,
    key: string,
    body: Buffer,
    options: Options.Publish,
    onConfirmed?: (error: unknown) => void,
  ): void {
    let hasRoom: boolean
    try {
      // A plain channel knows no confirmation and ignores the last argument.
      hasRoom = (channel as ConfirmChannel).publish(exchange, key, body, options, onConfirmed)
    } catch (cause) {
      throw this.#notSent(cause)
    }
    this.#connection.cork()
    if (!hasRoom && !this.#draining.has(channel)) this.#draining.set(channel, this.#drained(channel))
  }

  async #room(channel: Channel): Promise<void> {
    const { blocked } = this.#connection
    if (blocked !== undefined) {
      throw new BotbusError('RESOURCE_EXHAUSTED', `the broker takes no messages for now: ${blocked}`, {
        outcome: 'not_sent',
      })
    }
    await this.#draining.get(channel)
  }

  /** Never rejects: who waited finds the channel closed. */
  #drained(channel: Channel): Promise<void> {
    return new Promise((resolve) => {
      const onRoom = (): void => {
        channel.off('drain', onRoom)
        channel.off('close', onRoom)
        this.#draining.delete(channel)
        resolve()
      }
      channel.once('drain', onRoom)
      channel.once('close', onRoom)
    })
  }

  #unconfirmed(cause: unknown, channel: Channel, key: string): BotbusError {
    const { down } = this.#connection
    if (down) return withOutcome(down, 'unknown')
    const refusal = this.#connection.refusalOf(channel)
    if (refusal) return toOperationError(refusal, `to publish on ${key}`)
    return new BotbusError('RESOURCE_EXHAUSTED', 'the broker could not keep the message', { outcome: 'unknown', cause })
  }

  #notSent(cause: unknown): BotbusError {
    const { down } = this.#connection
    if (down) return withOutcome(down, 'not_sent')
    return new BotbusError('NOT_CONNECTED', 'the channel is closed', { outcome: 'not_sent', cause })
  }
}

function withOutcome({ code, message, cause }: BotbusError, outcome: Outcome): BotbusError {
  return new BotbusError(code, message, { outcome, cause })
}
