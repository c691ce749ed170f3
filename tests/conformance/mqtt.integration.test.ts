import { type ConformanceSubject, testBridge, testTransport } from '@botbus/conformance'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { transport } from './peers/mqtt.ts'

const subject: ConformanceSubject = {
  name: 'mqtt',
  transport,
  startBroker: startMosquitto,
  peer: new URL('./peers/mqtt.ts', import.meta.url),
}

testTransport(subject)
testBridge(subject)
