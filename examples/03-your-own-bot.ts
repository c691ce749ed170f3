/* Your own bot in ten lines, and its remote control. The same client controls real Hummingbot bots. */
import { BotClient, Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'

const broker = process.env.BOTBUS_BROKER ?? 'memory:'

// The bot: ten lines.
const bus = await openBus(broker)
let state = 'idle'
function enter(next: string): string {
  state = next
  return state
}
const bot = { start: () => enter('trading'), stop: () => enter('flat'), status: () => state }
const bridge = new Bridge({ bus, bot, id: 'mybot' })
await bridge.start()
console.log('the bot is on the bus')

// Its remote control, in any other process.
const controller = await openBus(broker)
const remote = new BotClient(controller, 'mybot')
const told = Promise.withResolvers<unknown>()
await remote.on('events', ({ data }) => told.resolve(data))

console.log('start: ', (await remote.start()).msg)
console.log('status:', (await remote.status()).data)
bridge.event('OrderFilled', { trading_pair: 'BTC-USDT', price: 64_000, amount: 0.01 })
console.log('event: ', JSON.stringify(await told.promise))
console.log('stop:  ', (await remote.stop({ skip_order_cancellation: true })).msg)
console.log('import:', await remote.import({ strategy: 'conf_pure_mm_1' })) // this bot has no such command: 400

await bridge.stop()
await Promise.all([controller.close(), bus.close()])
