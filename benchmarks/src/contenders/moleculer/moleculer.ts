import type { Contender } from '../contender.ts'
import { MoleculerPeer } from './peer.ts'
import { defaultTransporter, tunedTransporter } from './transporter.ts'

const packages = ['moleculer', 'mqtt', 'amqplib', 'ioredis', '@platformatic/kafka']

export const moleculer: Contender = {
  name: 'moleculer',
  packages,
  settings: {
    mqtt: 'Defaults: calls, replies and events at QoS 0. The caller chooses the node. No deadline.',
    amqp: 'Defaults: durable queues, transient messages; requests acknowledged when answered, with `prefetch` 1 and Nagle on, so one after the other and 44 ms each. No publisher confirms. No deadline.',
    redis: 'Defaults: pub/sub for calls, replies and events. The caller chooses the node. No deadline.',
    kafka:
      'Defaults: a topic for requests and one for replies per node and one for events per node, one partition each; one message to a request, acks all; offsets committed for each batch. No deadline.',
  },
  // The namespace keeps the two apart that are measured on one broker.
  open: async (options) => new MoleculerPeer({ namespace: 'default', transporter: defaultTransporter(options) }),
}

export const moleculerTuned: Contender = {
  name: 'moleculer-tuned',
  packages,
  // Nothing to tune on Kafka: its client writes without delay, and the transporter sets how offsets are committed.
  settings: {
    mqtt: 'As by default, without the debug log of mqtt.js.',
    amqp: 'As by default, with `noDelay` and no `prefetch` limit.',
    redis: 'As by default, with `enableAutoPipelining`.',
  },
  open: async (options) =>
    new MoleculerPeer({ namespace: 'tuned', transporter: tunedTransporter(options), dependencyInterval: 10 }),
}
