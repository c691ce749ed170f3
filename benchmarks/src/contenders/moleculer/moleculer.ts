import type { Contender } from '../contender.ts'
import { MoleculerPeer } from './peer.ts'
import { defaultTransporter, tunedTransporter } from './transporter.ts'

const packages = ['moleculer', 'mqtt', 'amqplib', 'ioredis', '@platformatic/kafka']

export const moleculer: Contender = {
  name: 'moleculer',
  packages,
  settings: { mqtt: 'TODO', amqp: 'TODO', redis: 'TODO', kafka: 'TODO' },
  // The namespace keeps the two apart that are measured on one broker.
  open: async (options) => new MoleculerPeer({ namespace: 'default', transporter: defaultTransporter(options) }),
}

export const moleculerTuned: Contender = {
  name: 'moleculer-tuned',
  packages,
  settings: { mqtt: 'TODO', amqp: 'TODO', redis: 'TODO', kafka: 'TODO' },
  open: async (options) =>
    new MoleculerPeer({ namespace: 'tuned', transporter: tunedTransporter(options), dependencyInterval: 10 }),
}
