import { createServer } from 'node:net'
import {
  type BrokerWishes,
  type ConformanceBroker,
  type ConformanceSubject,
  testBridge,
  testTransport,
} from '@botbus/conformance'
import { startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { transport } from './peers/amqp.ts'

/** Where each broker tells how much it holds. */
const metricsPorts = new WeakMap<ConformanceBroker, number>()

const subject: ConformanceSubject = {
  name: 'amqp',
  transport,
  startBroker,
  peer: new URL('./peers/amqp.ts', import.meta.url),
  brokerResources,
}

testTransport(subject)
testBridge(subject)

async function startBroker(wishes: BrokerWishes = {}): Promise<ConformanceBroker> {
  const port = await freePort()
  const config = ['prometheus.tcp.ip = 127.0.0.1', `prometheus.tcp.port = ${port}`]
  const broker = await startRabbitmq({ ...wishes, plugins: ['rabbitmq_prometheus'], config })
  metricsPorts.set(broker, port)
  return broker
}

/** Connections, channels, consumers and queues, exclusive ones too. */
async function brokerResources(broker: ConformanceBroker): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${metricsPorts.get(broker)}/metrics`)
  const lines = (await response.text()).matchAll(/^rabbitmq_(?:connections|channels|consumers|queues) (\d+)$/gm)
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
