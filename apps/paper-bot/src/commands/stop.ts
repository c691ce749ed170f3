import type { BotParts } from './bot-parts.ts'

/** Stops what runs or starts. As with real bots, stopping what is stopped is no error. */
export function stop(
  bot: BotParts,
  { skip_order_cancellation: keepOrders }: { skip_order_cancellation: boolean },
): void {
  const wasActive = bot.trader.state !== 'stopped'
  const cancelled = bot.trader.end({ cancelOrders: !keepOrders })
  if (!wasActive && cancelled === 0) return
  const text = `Stopped. ${keepOrders ? 'Open orders were kept.' : `${cancelled} open ${cancelled === 1 ? 'order was' : 'orders were'} cancelled.`}`
  bot.log.named('hummingbot.core').info(text)
  bot.reporter.notify(text)
}
