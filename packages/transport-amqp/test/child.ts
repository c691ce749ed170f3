/* A server in a process of its own: says `serving`, then what it is asked, and never answers. */
import { connectBus } from '@botbus/core'
import { amqp } from '../src/index.ts'

const [url = '', address = ''] = process.argv.slice(2)
const bus = await connectBus(amqp({ url }))
await bus.serve(address, (request) => {
  process.send?.({ request })
  return new Promise(() => undefined)
})
process.send?.('serving')
