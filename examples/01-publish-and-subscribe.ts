/* Publish and subscribe: typed messages, a listener, a stream. Run: node examples/01-publish-and-subscribe.ts */
import { openBus } from '@botbus/config'
import { defineChannel } from '@botbus/core'
import { z } from 'zod'

const bus = await openBus(process.env.BOTBUS_BROKER ?? 'memory:')

// A contract is checked at both ends: what a publisher sends, and what a listener gets.
const prices = defineChannel({ topic: 'market/{pair}/price', message: z.object({ price: z.number() }) })

// `+` stands for one level, a last `#` for the rest. Resolved: nothing published later is missed.
const seen = Promise.withResolvers<void>()
await bus.subscribe(prices, { pair: '+' }, ({ data, params }) => {
  console.log(`listener: ${params['pair']} at ${data.price}`)
  if (params['pair'] === 'ETH-USDT') seen.resolve()
})

// The same as an async iterator. Leaving the loop ends the subscription.
const stream = bus.messages('market/#')
await stream.ready

await bus.publish(prices, { pair: 'BTC-USDT' }, { price: 64_000 })
await bus.publish(prices, { pair: 'ETH-USDT' }, { price: 3_100 })

for await (const { topic, data } of stream) {
  console.log('stream:', topic, JSON.stringify(data))
  if (topic === 'market/ETH-USDT/price') break
}
await seen.promise
await bus.close()
