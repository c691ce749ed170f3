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
  mqtt: 'TODO',
  amqp: 'TODO',
  redis: 'TODO',
  kafka: 'TODO',
})

export const nestjsTuned: Contender = contender('nestjs-tuned', true, {
  mqtt: 'TODO',
  amqp: 'TODO',
  redis: 'TODO',
  kafka: 'TODO',
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
