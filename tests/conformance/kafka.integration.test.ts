import { testTransport } from '@botbus/conformance'
import { startKafka } from '../../scripts/broker/kafka.mjs'
import { transport } from './peers/kafka.ts'

testTransport({
  name: 'kafka',
  transport,
  startBroker: startKafka,
  peer: new URL('./peers/kafka.ts', import.meta.url),
})
