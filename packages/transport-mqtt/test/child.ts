// A process of its own: connects, says `up`, and closes when told to. It must then end by itself.
import { connectBus } from '@botbus/core'
import { type MqttOptions, mqtt } from '../src/index.ts'

const options = JSON.parse(process.argv[2] ?? '') as MqttOptions
const bus = await connectBus(mqtt(options))
await bus.subscribe('child/#', () => undefined)
await bus.serve('child/echo', (request) => request)
await bus.call('child/echo', {})
process.once('message', () => {
  process.disconnect()
  void bus.close()
})
process.send?.('up')
