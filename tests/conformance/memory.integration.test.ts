import { type ConformanceSubject, testBridge, testTransport } from '@botbus/conformance'
import { MemoryBroker, memory } from '@botbus/memory'

const brokers = new Map<string, MemoryBroker>()

const subject: ConformanceSubject = {
  name: 'memory',
  transport: ({ url }) => memory({ broker: brokers.get(url) ?? new MemoryBroker() }),
  brokerResources: async ({ url }) => brokers.get(url)?.clients ?? 0,
  startBroker: async () => {
    const broker = new MemoryBroker()
    const url = `memory:${brokers.size}`
    brokers.set(url, broker)
    return {
      url,
      kill: async () => broker.stop(),
      start: async () => broker.start(),
      [Symbol.asyncDispose]: async () => void brokers.delete(url),
    }
  },
}

testTransport(subject)
testBridge(subject)
