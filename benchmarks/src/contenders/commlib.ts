import { fileURLToPath } from 'node:url'
import { ensurePython } from '../../../scripts/python.mjs'
import type { BrokerKind, Contender } from './contender.ts'

interface Commlib extends Omit<Contender, 'open'> {
  /** The program that speaks the protocol in place of a peer process of ours. */
  command(broker: BrokerKind, url: string): Promise<{ readonly file: string; readonly args: readonly string[] }>
}

const COMMON =
  'commlib-py 0.13.2, what Hummingbot uses, on CPython, in the types of its documentation; 64 calls in flight are 64 threads with a client each'

/** The Python library whose wire format Hummingbot speaks. See `benchmarks/commlib`. */
export const commlib: Commlib = {
  name: 'commlib-py',
  packages: [],
  settings: {
    mqtt: `${COMMON}, on a connection each (paho-mqtt 1.6, without TCP_NODELAY). Requests and replies with QoS 1, messages with QoS 0. Subscribes and unsubscribes for each call`,
    amqp: `${COMMON}, on one shared connection (pika). A service's queue holds ten requests and drops the oldest, which nothing can change: at 64 in flight calls are lost. A subscriber's queue holds 100,000 (default ten). It cannot subscribe to patterns: no fan-in`,
    redis: `${COMMON}, on a shared pool (redis-py, hiredis). Calls go through lists, two for each call, and each write is preceded by a PING`,
    kafka: `${COMMON} and consumer group each (confluent-kafka). It flushes after each record. It cannot subscribe to patterns: no fan-in`,
  },
  async command(broker, url) {
    const program = fileURLToPath(new URL('../../commlib/peer.py', import.meta.url))
    return { file: await ensurePython(), args: [program, 'commlib-py', broker, url] }
  },
}
