import { CommandError } from '@botbus/bridge'
import type { BotParts } from './bot-parts.ts'

/** Loads the settings of a strategy; `start` runs it. */
export async function importStrategy(bot: BotParts, { strategy }: { strategy: string }): Promise<void> {
  assertStopped(bot)
  const imported = await bot.files.load(strategy)
  assertStopped(bot)
  bot.imported = imported
  const text = `Imported ${imported.name} (${imported.kind.name} on ${imported.config.market.symbol}).`
  bot.log.named('hummingbot.core').info(text)
  bot.reporter.notify(text)
}

function assertStopped(bot: BotParts): void {
  if (bot.trader.state !== 'stopped') throw new CommandError('The bot is already running - please run "stop" first')
}
