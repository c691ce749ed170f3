/* A server in a process of its own: says `serving`, then `request` at each, and answers after a message, if ever. */
import { connectBus } from '@botbus/core'
import { amqp } from '../src/index.ts'

const [url = '', address = ''] = process.argv.slice(2)
const bus = await connectBus(amqp({ url }))
await bus.serve(address, async (request) => {
  process.send?.({ request })
  await new Promise((resolve) => process.once('message', resolve))
  return request
})
process.send?.('serving')
