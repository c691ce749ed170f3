import type { Contender, PeerOptions } from '../contender.ts'
import { amqpBroker } from './amqp.ts'
import type { Broker } from './broker.ts'
import { kafkaBroker } from './kafka.ts'
import { mqttBroker } from './mqtt.ts'
import { NestPeer } from './peer.ts'
import { redisBroker } from './redis.ts'

const packages = [
  '@nestjs/core',
  '@nestjs/microservices',
  'mqtt',
  'amqplib',
  'amqp-connection-manager',
  'ioredis',
  'kafkajs',
]

export const nestjs: Contender = contender('nestjs', false, {
  mqtt: 'Defaults: calls, replies and events at QoS 0. Unsubscribes from replies when no call is in flight. No deadline.',
  amqp: 'Defaults: one transient queue per service, no acknowledgement of deliveries, no prefetch limit; the broker confirms each message that is published, requests and replies too. Events by a topic exchange (`wildcards`). No deadline.',
  redis:
    'Defaults: pub/sub for calls, replies and events (`wildcards`). Unsubscribes from replies when no call is in flight. No deadline.',
  kafka:
    'Defaults: a topic for requests, one for replies and one for each kind of message instead of wildcards, one partition each; one message to a request, acks -1; offsets committed after each batch; Nagle on. No deadline.',
})

export const nestjsTuned: Contender = contender('nestjs-tuned', true, {
  mqtt: 'As by default, with a `ClientMqtt` that stays subscribed to replies, and without the debug log of mqtt.js.',
  amqp: 'As by default, with `noDelay`.',
  redis: 'As by default, with a `ClientRedis` that stays subscribed to replies, and with `enableAutoPipelining`.',
  kafka:
    'As by default, with `noDelay`, and no offsets committed: what arrives while a service is away is never taken.',
})

function contender(name: string, tuned: boolean, settings: Contender['settings']): Contender {
  return { name, packages, settings, open: async (options) => new NestPeer(broker(options, tuned)) }
}

function broker({ broker, url }: PeerOptions, tuned: boolean): Broker {
  switch (broker) {
    case 'mqtt':
      return mqttBroker(url, tuned)
    case 'amqp':
      return amqpBroker(url, tuned)
    case 'redis':
      return redisBroker(url, tuned)
    case 'kafka':
      return kafkaBroker(url, tuned)
  }
}
