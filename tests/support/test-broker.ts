import { randomBytes } from 'node:crypto'
import { startKafka } from '../../scripts/broker/kafka/kafka.mjs'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import type { BrokerInstance, BrokerOptions } from '../../scripts/broker/process/broker-process.d.mts'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { startRedis } from '../../scripts/broker/redis/redis.mjs'

/** A broker that a test may use. Others may use it too: take ids and a namespace that nobody else has. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
}

const KINDS = {
  mqtt: { variable: 'BOTBUS_TEST_MQTT', start: startMosquitto },
  amqp: { variable: 'BOTBUS_TEST_AMQP', start: startRabbitmq },
  redis: { variable: 'BOTBUS_TEST_REDIS', start: startRedis },
  kafka: { variable: 'BOTBUS_TEST_KAFKA', start: startKafka },
} as const

export type BrokerKind = keyof typeof KINDS

export const BROKER_KINDS = Object.keys(KINDS) as BrokerKind[]

/** Chooses the broker of tests that run on any: a URL, or only its scheme (`redis:`). */
const CHOICE = 'BOTBUS_TEST_BROKER'

/** The kind of broker that the tests of programs run on: MQTT unless `BOTBUS_TEST_BROKER` says otherwise. */
export const chosenKind: BrokerKind = readKind(process.env[CHOICE] || 'mqtt:')

/** The broker of that kind that runs for all tests (`BOTBUS_TEST_MQTT`, ...), or one of our own. */
export async function brokerOf(kind: BrokerKind): Promise<TestBroker> {
  const { variable, start } = KINDS[kind]
  const url = process.env[variable]
  return url ? { url, [Symbol.asyncDispose]: async () => undefined } : start()
}

/** The broker that `BOTBUS_TEST_BROKER` chooses; else a Mosquitto of our own. */
export async function chosenBroker(): Promise<TestBroker> {
  const choice = process.env[CHOICE]
  if (!choice) return startMosquitto()
  return choice.includes('//') ? { url: choice, [Symbol.asyncDispose]: async () => undefined } : brokerOf(chosenKind)
}

/** One of our own, to be stopped, killed and locked, of the chosen kind. */
export function startOwnBroker(options: BrokerOptions = {}): Promise<BrokerInstance> {
  return startOwnBrokerOf(chosenKind, options)
}

export function startOwnBrokerOf(kind: BrokerKind, options: BrokerOptions): Promise<BrokerInstance> {
  return KINDS[kind].start(options)
}

/** A name that no other test has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`
}

function readKind(choice: string): BrokerKind {
  const kind = BROKER_KINDS.find((name) => choice.startsWith(`${name}:`) || choice.startsWith(`${name}s:`))
  if (kind) return kind
  throw new Error(`${CHOICE}=${choice} is no URL of ${BROKER_KINDS.join(', ')}`)
}
