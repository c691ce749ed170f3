import { type ConformanceSubject, testBridge, testTransport } from '@botbus/conformance'
import { startKafka } from '../../scripts/broker/kafka/kafka.mjs'
import { transport } from './peers/kafka.ts'

const subject: ConformanceSubject = {
  name: 'kafka',
  transport,
  startBroker: startKafka,
  peer: new URL('./peers/kafka.ts', import.meta.url),
}

testTransport(subject)
testBridge(subject)
