import { type BotbusError, type DeliveryListener, matches, type Unsubscribe } from '@botbus/core'
import { SubscriptionTable } from '@botbus/core/transport-kit'
import type { Channel, Message } from 'amqplib'
import type { ConsumerPlan } from './consumers.ts'
import type { Settings } from './options.ts'
import { durableQueue, groupQueueName, sharedQueue, TOPIC_EXCHANGE } from './queues.ts'
import type { Incoming } from './reader.ts'
import type { Session } from './session.ts'
import { toBindingKey, toTopic } from './topics.ts'

/**
 * Subscriptions without a group: bindings of the process's own queue, to which RabbitMQ sends one copy of a message, however many of
 * them match.
 */
export class Subscriptions {
  readonly #table = new SubscriptionTable<Session, DeliveryListener>({
    subscribe: (session, { pattern }) => session.bind(pattern),
    unsubscribe: (session, { pattern }) => session.unbind(pattern),
  })

  /** A listener of our own that `restore` subscribes. */
  add(pattern: string, listener: DeliveryListener): void {
    this.#table.add(pattern, listener)
  }

  subscribe(session: Session, pattern: string, listener: DeliveryListener): Promise<Unsubscribe> {
    return this.#table.subscribe(session, pattern, undefined, listener)
  }

  /** Resolves with what the broker refused; rejects when the link goes down. */
  async restore(session: Session): Promise<BotbusError[]> {
    return (await this.#table.restore(session)).map(({ error }) => error)
  }

  dispatch({ fields, content }: Incoming): void {
    const topic = toTopic(fields.routingKey)
    const delivery = { topic, payload: content, retained: false }
    for (const { listeners } of this.#table.matching(topic)) for (const listener of listeners) void listener(delivery)
  }
}

/** A member of a group whose messages are sent once: the queue goes with the last member. */
export function groupMember(group: string, pattern: string, listener: DeliveryListener): ConsumerPlan {
  let hasLeft = false
  return {
    ...plan('group', group, pattern),
    queueOptions: () => sharedQueue,
    receive({ fields, content }) {
      const topic = toTopic(fields.routingKey)
      if (!hasLeft && matches(pattern, topic)) void listener({ topic, payload: content, retained: false })
    },
    onStop() {
      hasLeft = true
    },
  }
}

/** A member of a group for which the broker keeps messages until they are acknowledged. */
export function durableMember(
  settings: Settings,
  group: string,
  pattern: string,
  limit: number,
  listener: DeliveryListener,
): ConsumerPlan {
  const member = new DurableMember(pattern, listener)
  return {
    ...plan('durable', group, pattern),
    queueOptions: (session) => durableQueue(settings, session.serverVersion),
    prefetch: Math.min(limit, MAX_PREFETCH),
    receive: (message, channel) => member.receive(message, channel),
    onStop: () => member.leave(),
    settled: () => member.settled(),
  }
}

const MAX_PREFETCH = 65_535

function plan(
  kind: 'group' | 'durable',
  group: string,
  pattern: string,
): Pick<ConsumerPlan, 'what' | 'queue' | 'bindings'> {
  return {
    what: `the subscription of group ${group} to ${pattern}`,
    queue: groupQueueName(kind, group, pattern),
    bindings: [{ exchange: TOPIC_EXCHANGE, key: toBindingKey(pattern) }],
  }
}

class DurableMember {
  readonly #pattern: string
  readonly #listener: DeliveryListener
  /** What listeners are at work on. */
  readonly #running = new Set<Incoming>()
  /** What stays with the broker, and the channel it came on. */
  readonly #kept = new Map<Incoming, Channel>()
  #hasLeft = false
  #onSettled: (() => void) | undefined

  constructor(pattern: string, listener: DeliveryListener) {
    this.#pattern = pattern
    this.#listener = listener
  }

  receive(message: Incoming, channel: Channel): void {
    const topic = toTopic(message.fields.routingKey)
    if (!matches(this.#pattern, topic)) acknowledge(message, channel)
    else if (this.#hasLeft) giveBack(message, channel)
    else void this.#handle(message, channel, topic)
  }

  /** What was kept goes to other members; what runs may still be acknowledged. */
  leave(): void {
    this.#hasLeft = true
    for (const [message, channel] of this.#kept) giveBack(message, channel)
    this.#kept.clear()
  }

  async settled(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => (this.#onSettled = resolve))
  }

  async #handle(message: Incoming, channel: Channel, topic: string): Promise<void> {
    this.#running.add(message)
    try {
      await this.#listener({ topic, payload: message.content, retained: false })
      acknowledge(message, channel)
    } catch {
      // The listener wants it to stay with the broker: another member gets it when this one leaves.
      if (this.#hasLeft) giveBack(message, channel)
      else this.#kept.set(message, channel)
    }
    this.#running.delete(message)
    if (this.#running.size === 0) this.#onSettled?.()
  }
}

function acknowledge(message: Incoming, channel: Channel): void {
  settle(() => channel.ack(tagged(message)))
}

function giveBack(message: Incoming, channel: Channel): void {
  settle(() => channel.nack(tagged(message), false, true))
}

/** amqplib looks at the tag only. */
function tagged(message: Incoming): Message {
  return message as Message
}

function settle(tell: () => void): void {
  try {
    tell()
  } catch {
    // The channel has closed meanwhile: the broker has taken the message back already.
  }
}
