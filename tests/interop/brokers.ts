import { startEmbeddedBroker } from '@botbus/server'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'

/** A broker for one test file. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

interface BrokerKind {
  readonly name: string
  start(): Promise<TestBroker>
}

const MQTT: readonly BrokerKind[] = [
  { name: 'Mosquitto', start: () => startMosquitto() },
  { name: 'the embedded broker (aedes)', start: () => startEmbeddedBroker({ port: 0 }) },
]

/** The brokers on which Botbus and commlib-py call each other. Kafka: commlib-kafka.integration.test.ts. */
export const BROKERS: readonly BrokerKind[] = [
  ...MQTT,
  { name: 'RabbitMQ', start: () => startRabbitmq() },
  { name: 'Redis', start: () => startRedis() },
]

/** What commlib-py calls a kind of broker. */
export function typeOf({ url }: { readonly url: string }): string {
  return new URL(url).protocol.slice(0, -1)
}

/** The arguments that name a broker to the programs in this folder. */
export function address(broker: { readonly url: string; readonly port: number }): string[] {
  return ['--host', '127.0.0.1', '--port', String(broker.port), '--btype', typeOf(broker)]
}

/** Where a bus calls services made with commlib-py: on Redis these need a mode of their own. */
export function urlOfCallers(broker: TestBroker): string {
  return typeOf(broker) === 'redis' ? `${broker.url}?rpc=lists` : broker.url
}

/** How a name is written in commlib-py: with `/` or `.` on MQTT, with `.` elsewhere. */
export function nameOn(broker: TestBroker, topic: string): string {
  return typeOf(broker) === 'mqtt' ? topic : topic.replaceAll('/', '.')
}
