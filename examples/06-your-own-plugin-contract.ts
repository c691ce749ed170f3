/* Your own plugin contract: a typed service beside the bots, that any program on the bus can use. */
import { BotClient, Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import { type Bus, defineChannel, defineRpc } from '@botbus/core'
import { z } from 'zod'

// contract.ts: what both sides share. Limits of risk for all bots, and a channel that tells who broke them.
const setLimit = defineRpc({
  address: 'risk/{bot}/limit',
  request: z.object({ maxLoss: z.number().positive() }),
  response: z.object({ maxLoss: z.number() }),
})
const breaches = defineChannel({ topic: 'risk/{bot}/breach', message: z.object({ loss: z.number() }) })

// plugin.ts: watches the events of every bot and stops the one that loses too much.
async function riskPlugin(bus: Bus): Promise<void> {
  const limits = new Map<string, number>()
  await bus.serve(setLimit, { bot: '+' }, ({ maxLoss }, { params }) => {
    limits.set(params['bot'] ?? '', maxLoss)
    return { maxLoss }
  })
  await bus.subscribe('hbot/+/events', async ({ topic, data }) => {
    const bot = topic.split('/')[1] ?? ''
    const parsed = z.object({ type: z.literal('Loss'), data: z.object({ loss: z.number() }) }).safeParse(data)
    if (!parsed.success || parsed.data.data.loss <= (limits.get(bot) ?? Number.POSITIVE_INFINITY)) return
    await new BotClient(bus, bot).stop()
    await bus.publish(breaches, { bot }, { loss: parsed.data.data.loss })
  })
}

// A bot, the plugin, and an operator, each on a bus of its own.
const broker = process.env.BOTBUS_BROKER ?? 'memory:'
const [botBus, pluginBus, operator] = await Promise.all([openBus(broker), openBus(broker), openBus(broker)])
const bridge = new Bridge({ bus: botBus, id: 'risky', bot: { stop: () => 'stopped' } })
await bridge.start()
await riskPlugin(pluginBus)

await using told = operator.messages(breaches, { bot: 'risky' })
await told.ready
console.log('limit:', await operator.call(setLimit, { bot: 'risky' }, { maxLoss: 100 }))
bridge.event('Loss', { loss: 20 })
bridge.event('Loss', { loss: 250 })
const { value } = await told.next()
console.log('stopped for a loss of', value?.data.loss)

await bridge.stop()
await Promise.all([botBus, pluginBus, operator].map((bus) => bus.close()))
