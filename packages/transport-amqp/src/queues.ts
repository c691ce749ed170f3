import { hash } from 'node:crypto'
import type { Options } from 'amqplib'
import type { Settings } from './options.ts'
import { toRoutingKey } from './topics.ts'

/*
 * Which queues and exchanges there are, and how long each lives. All are what RabbitMQ 4 still allows: a queue that is shared is durable.
 */

/** Of every broker; RabbitMQ's MQTT plugin and commlib-py publish on it. */
export const TOPIC_EXCHANGE = 'amq.topic'
/** Requests to addresses that are served by a pattern. Ours. */
export const PATTERN_EXCHANGE = 'botbus.rpc'

/** Whatever the virtual host's default is: a quorum queue cannot be exclusive, nor delete itself. */
const CLASSIC = { 'x-queue-type': 'classic' }

/** The queue of a process's subscriptions: it goes with the connection. */
export const inboxQueue: Options.AssertQueue = { exclusive: true, durable: false, arguments: CLASSIC }

/**
 * A queue that its consumers share and that goes with the last of them: a queue without consumers would swallow requests that
 * nobody answers. Being durable it survives a restart of the broker without its consumers: so it also expires, in ms.
 */
export const sharedQueue: Options.AssertQueue = { durable: true, autoDelete: true, expires: 5_000, arguments: CLASSIC }

/** A queue that stays, with its messages, while nobody consumes. */
export function durableQueue({ durableQueues }: Settings, serverVersion: string): Options.AssertQueue {
  // From RabbitMQ 4 on, a quorum queue throws away what was delivered 20 times, unless told not to; before, it knows no -1.
  const isUnlimited = durableQueues === 'quorum' && Number.parseInt(serverVersion, 10) >= 4
  const limit = isUnlimited ? { 'x-delivery-limit': -1 } : {}
  return { durable: true, arguments: { 'x-queue-type': durableQueues, ...limit } }
}

const MAX_NAME_BYTES = 255

/** The name of a group's queue: readable, unless it would be too long. No dot is left in the group, so it ends where the pattern begins. */
export function groupQueueName(kind: 'group' | 'durable', group: string, pattern: string): string {
  const name = `botbus.${kind}.${toRoutingKey(group)}.${toRoutingKey(pattern)}`
  return Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : `botbus.${kind}.${hash('sha256', name, 'hex')}`
}
