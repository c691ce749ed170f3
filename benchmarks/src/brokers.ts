import { startKafka } from '../../scripts/broker/kafka/kafka.mjs'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import type { BrokerInstance } from '../../scripts/broker/process/broker-process.d.mts'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'
import type { BrokerKind } from './contenders/contender.ts'

interface BrokerSetup {
  readonly product: string
  /** Finds its version in its log. */
  readonly version: RegExp
  /** Lines of its log that explain losses. */
  readonly complaint?: RegExp
  /** What differs from the broker's own defaults. */
  readonly settings: string
  start(): Promise<BrokerInstance>
}

export const SETUPS: Readonly<Record<BrokerKind, BrokerSetup>> = {
  mqtt: {
    product: 'Mosquitto',
    version: /mosquitto version ([\w.-]+)/,
    complaint: /messages are being dropped|exceeded/,
    settings: 'default settings, no persistence',
    start: () => startMosquitto(),
  },
  amqp: {
    product: 'RabbitMQ',
    version: /RabbitMQ ([\d.]+)/,
    settings: 'default settings',
    start: () => startRabbitmq(),
  },
  redis: {
    product: 'Redis',
    version: /version=([\w.-]+)/,
    complaint: /output buffer limits/,
    settings: 'default settings, no persistence',
    start: () => startRedis(),
  },
  kafka: {
    product: 'Kafka',
    version: /metadata\.version (\d[\d.]*)/,
    settings: 'one node, group.initial.rebalance.delay.ms=0; topics come into being when a client names them',
    start: () => startKafka({ autoCreateTopics: true }),
  },
}
