/*
 * Swap the broker: one URL decides, no other line changes.
 *
 *   BOTBUS_BROKER=mqtt://127.0.0.1:1883   node examples/04-swap-the-broker.ts
 *   BOTBUS_BROKER=amqp://127.0.0.1:5672   node examples/04-swap-the-broker.ts
 *   BOTBUS_BROKER=redis://127.0.0.1:6379  node examples/04-swap-the-broker.ts
 *   BOTBUS_BROKER=kafka://127.0.0.1:9092  node examples/04-swap-the-broker.ts
 */
import { openBus } from '@botbus/config'
import { BotbusError } from '@botbus/core'

const bus = await openBus(process.env.BOTBUS_BROKER ?? 'memory:')
const { noResponder, atLeastOnce, groups } = bus.capabilities
console.log(`carried by ${bus.transportName}`)

await bus.serve('lab/square', (request) => (request as { n: number }).n ** 2)
const squares = await Promise.all([1, 2, 3].map((n) => bus.call('lab/square', { n })))
console.log('squares:', squares.join(' '))

// What differs between brokers is in the capabilities, so a program can ask instead of knowing the broker.
const group = groups === 'all' ? { group: 'workers' } : {}
const done = Promise.withResolvers<unknown>()
await bus.subscribe('lab/jobs', ({ data }) => done.resolve(data), { ...group, ...(atLeastOnce ? { atLeastOnce } : {}) })
await bus.publish('lab/jobs', 'job 1', { qos: 1 })
console.log('handled:', await done.promise, atLeastOnce ? '(again, if the listener had failed)' : '(at most once)')

try {
  await bus.call('lab/nobody', {}, { timeout: 500 })
} catch (error) {
  if (!BotbusError.is(error)) throw error
  console.log(`a call to nobody: ${error.code} (${noResponder})`)
}
await bus.close()
