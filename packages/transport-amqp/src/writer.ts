import { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'
import type { Channel, ConfirmChannel, Options } from 'amqplib'
import type { Connection } from './connection.ts'
import { toOperationError } from './errors.ts'

/** Publishes on channels of one connection, no faster than the socket takes it. */
export class Writer {
  readonly #connection: Connection
  /** By channel that is full: the one wait of all who write on it. */
  readonly #draining = new Map<Channel, Promise<void>>()
  /** Messages that the broker has neither confirmed nor refused, by channel. */
  readonly #unconfirmed = new WeakMap<Channel, number>()

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
        if (!error) {
          this.#count(channel, -1)
          resolve()
        }
        // When the connection closes, its channels are told first: then we know which of the two it was.
        else setImmediate(() => reject(this.#toUnconfirmed(error, channel, key)))
      })
      this.#count(channel, 1)
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

  #count(channel: Channel, change: 1 | -1): void {
    this.#unconfirmed.set(channel, (this.#unconfirmed.get(channel) ?? 0) + change)
  }

  #toUnconfirmed(cause: unknown, channel: Channel, key: string): BotbusError {
    const { down } = this.#connection
    if (down) return withOutcome(down, 'unknown')
    const refusal = this.#connection.refusalOf(channel)
    if (refusal) {
      const error = toOperationError(refusal, `to publish on ${key}`)
      if (this.#unconfirmed.get(channel) === 1) return error
      // The broker does not say which of them it meant, nor which it had taken before.
      const text = `the broker refused one of several messages that were on their way: ${error.message}`
      return new BotbusError('NOT_CONNECTED', text, { outcome: 'unknown', cause: refusal })
    }
    this.#count(channel, -1)
    return new BotbusError('RESOURCE_EXHAUSTED', 'the broker could not keep the message', { outcome: 'unknown', cause })
  }

  #notSent(cause: unknown): BotbusError {
    const { down } = this.#connection
    if (down) return withOutcome(down, 'not_sent')
    // A property that AMQP cannot hold, such as the id of a hostile request that was no valid UTF-8.
    if (cause instanceof TypeError) {
      return new BotbusError('INVALID_ARGUMENT', 'a message cannot be written', { outcome: 'not_sent', cause })
    }
    return new BotbusError('NOT_CONNECTED', 'the channel is closed', { outcome: 'not_sent', cause })
  }
}
