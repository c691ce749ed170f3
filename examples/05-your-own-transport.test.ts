import { EventEmitter } from 'node:events'
import { testTransport } from '@botbus/conformance'
import { emitter } from './05-your-own-transport.ts'

const broker = new EventEmitter().setMaxListeners(0)

testTransport({
  name: 'emitter',
  transport: () => emitter(broker),
  startBroker: async () => ({ url: 'emitter:', [Symbol.asyncDispose]: async () => undefined }),
})
