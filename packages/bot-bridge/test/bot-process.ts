/* A bot in a process of its own, for tests that kill it. Arguments: broker URL, bot id. */
import { connectBus } from '@botbus/core'
import { mqtt } from '@botbus/mqtt'
import { Bridge, lastWill } from '../src/index.ts'

const [url = '', id = ''] = process.argv.slice(2)
const bus = await connectBus(mqtt({ url, lastWill: lastWill({ id }) }))
const bridge = new Bridge({ bus, bot: { status: () => 'fine' }, id })
await bridge.start()
console.log('ready')
