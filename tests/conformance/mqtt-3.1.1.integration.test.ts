import { type ConformanceSubject, testBridge, testTransport } from '@botbus/conformance'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { transport } from './peers/mqtt-3.1.1.ts'

const subject: ConformanceSubject = {
  name: 'mqtt 3.1.1',
  transport,
  startBroker: startMosquitto,
  peer: new URL('./peers/mqtt-3.1.1.ts', import.meta.url),
  // The connections are those of `mqtt`, which makes all rounds.
  rounds: 100,
}

testTransport(subject)
testBridge(subject)
