import { CommandError } from '@botbus/bridge'
import type { BotParts } from './bot-parts.ts'

/** The tables that people read. Throws, as real bots answer, when nothing runs. */
export function status(bot: BotParts): string {
  if (!bot.trader.run) throw new CommandError('No strategy is currently running!')
  return bot.trader.run.statusText()
}
