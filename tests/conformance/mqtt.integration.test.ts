import { testTransport } from '@botbus/conformance'
import { startMosquitto } from '../../scripts/broker/mosquitto.mjs'
import { transport } from './peers/mqtt.ts'

testTransport({
  name: 'mqtt',
  transport,
  startBroker: startMosquitto,
  peer: new URL('./peers/mqtt.ts', import.meta.url),
})
