import { messageOf } from '@botbus/core'
import { z } from 'zod'
import { decimal, pair } from '../readers.ts'
import type { BotParts } from './bot-parts.ts'

const marketOrder = z.object({
  type: z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(['BUY', 'SELL'])),
  amount: decimal({ moreThan: 0, max: 1e15 }),
  trading_pair: pair.optional(),
})

/** `order.market` places a market order. Never throws: what is wrong is logged and notified. */
export async function externalEvent(bot: BotParts, name: string, data: unknown): Promise<void> {
  const log = bot.log.named('hummingbot.remote_iface')
  if (name !== 'order.market') return log.debug(`External event ${name}: nothing here listens to it.`)
  try {
    await placeMarketOrder(bot, data)
  } catch (error) {
    const text = `External event ${name} was refused: ${messageOf(error)}`
    log.warn(text)
    bot.reporter.notify(text)
  }
}

async function placeMarketOrder(bot: BotParts, data: unknown): Promise<void> {
  const result = marketOrder.safeParse(data)
  if (!result.success) {
    throw new TypeError(
      result.error.issues.map((issue) => `${issue.path.join('.') || 'data'}: ${issue.message}`).join('; '),
    )
  }
  const { type, amount, trading_pair } = result.data
  const running = bot.trader.run?.market
  const exchange = running?.exchange.name ?? bot.imported?.config.exchange ?? bot.defaultExchange
  const market = trading_pair ?? running?.pair ?? bot.imported?.config.market ?? bot.defaultPair
  await bot.trader.placeMarketOrder({ exchange, pair: market, side: type, amount })
}
