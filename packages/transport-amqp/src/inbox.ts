import { randomBytes } from 'node:crypto'
import { botPrefix } from '@botbus/core/transport-kit'

/** RabbitMQ's pseudo-queue: replies come to the channel that sent the request (https://www.rabbitmq.com/direct-reply-to.html). */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to'

/**
 * Where replies arrive. Servers on AMQP answer to the message's `reply_to`, which is direct reply-to always. Bots on MQTT read the
 * envelope, which names a topic below their own prefix.
 */
export class Inbox {
  readonly #client = randomBytes(16).toString('hex')
  readonly #namespaces: readonly string[]

  /** `namespaces` of the bots on MQTT: the longest first; none when they are not called. */
  constructor(namespaces: readonly string[]) {
    this.#namespaces = namespaces
  }

  /** What bots on MQTT answer to. */
  get patterns(): string[] {
    return this.#namespaces.map((namespace) => `${namespace}/+/reply/${this.#client}/+`)
  }

  replyAddress(address: string, id: string): string {
    const prefix = botPrefix(address, this.#namespaces)
    return prefix === undefined ? DIRECT_REPLY_TO : `${prefix}/reply/${this.#client}/${id}`
  }

  /** Whether a bot on MQTT may live at that address. */
  reachesBots(address: string): boolean {
    return botPrefix(address, this.#namespaces) !== undefined
  }

  /** The call that a reply belongs to, which came on a topic. */
  static idOf(topic: string): string {
    return topic.slice(topic.lastIndexOf('/') + 1)
  }
}

/**
 * How core sees the `reply_to` of a request. A queue's name is read as the topic it stands for, so that the bus refuses those of commands
 * and channels. RabbitMQ's tokens for direct reply-to are Base64, whose `+` would be a wildcard.
 */
export function toReplyAddress(replyTo: string, toTopic: (name: string) => string): string {
  return isDirect(replyTo) ? replyTo.replaceAll('+', '-') : toTopic(replyTo)
}

/** The inverse of `toReplyAddress`: the queue that gets the reply. */
export function toReplyQueue(address: string, toName: (topic: string) => string): string {
  if (!isDirect(address)) return toName(address)
  return DIRECT_REPLY_TO + address.slice(DIRECT_REPLY_TO.length).replaceAll('-', '+')
}

function isDirect(name: string): boolean {
  return name === DIRECT_REPLY_TO || name.startsWith(`${DIRECT_REPLY_TO}.`)
}
