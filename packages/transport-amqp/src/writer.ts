import { BotbusError } from '@botbus/core'
import { withOutcome } from '@botbus/core/transport-kit'
import type { Channel, ConfirmChannel } from 'amqplib'
import type { Connection } from './connection.ts'
import { toOperationError } from './errors.ts'
import type { MessageHead } from './frames.ts'
import { numberOf, onConfirmed } from './native.ts'

const WRITTEN: Promise<void> = Promise.resolve()

/** Publishes on channels of one connection, no faster than the socket takes it. */
export class Writer {
  readonly #connection: Connection
  /** Messages that the broker has neither confirmed nor refused, by channel. */
  readonly #unconfirmed = new WeakMap<Channel, number>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Resolves when the socket has it, or will have it without anybody waiting. */
  write(channel: Channel, head: MessageHead, body: string | Buffer): Promise<void> {
    const { outbox, blocked } = this.#connection
    if (!outbox.hasRoom || blocked !== undefined) return this.#writeLater(channel, head, body)
    try {
      this.#push(channel, head, body)
      return WRITTEN
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Resolves when the broker has taken it, rejects when it has not. */
  async confirm(channel: ConfirmChannel, head: MessageHead, body: string | Buffer): Promise<void> {
    await this.#room()
    await new Promise<void>((resolve, reject) => {
      this.#push(channel, head, body)
      this.#count(channel, 1)
      onConfirmed(channel, (error) => {
        if (!error) {
          this.#count(channel, -1)
          resolve()
        }
        // When the connection closes, its channels are told first: then we know which of the two it was.
        else setImmediate(() => reject(this.#toUnconfirmed(error, channel, head.key)))
      })
    })
  }

  /** Resolves when the socket has all that was to be written. Never rejects. */
  async flush(): Promise<void> {
    const { outbox } = this.#connection
    await outbox.room()
    outbox.flush()
  }

  async #writeLater(channel: Channel, head: MessageHead, body: string | Buffer): Promise<void> {
    await this.#room()
    this.#push(channel, head, body)
  }

  #push(channel: Channel, head: MessageHead, body: string | Buffer): void {
    const { down, outbox } = this.#connection
    if (down) throw withOutcome(down, 'not_sent')
    const refusal = this.#connection.refusalOf(channel)
    if (refusal) {
      throw new BotbusError('NOT_CONNECTED', 'the channel is closed', { outcome: 'not_sent', cause: refusal })
    }
    outbox.push(numberOf(channel), head, body)
  }

  async #room(): Promise<void> {
    const { blocked, outbox } = this.#connection
    if (blocked !== undefined) {
      throw new BotbusError('RESOURCE_EXHAUSTED', `the broker takes no messages for now: ${blocked}`, {
        outcome: 'not_sent',
      })
    }
    await outbox.room()
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
}
