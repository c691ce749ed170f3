import { historyText } from '../reporting/history-text.ts'
import type { TradeRecord } from '../reporting/trade-history.ts'
import type { BotParts } from './bot-parts.ts'

export interface HistoryArguments {
  readonly days: number
  readonly verbose: boolean
  readonly precision: number | null
}

/** The trades of the last `days`, newest last; `verbose` adds them as a table, with `precision` digits after the point. */
export function history(
  bot: BotParts,
  { days, verbose, precision }: HistoryArguments,
): { trades: TradeRecord[]; msg: string } {
  const trades = bot.history.since(days, Date.now())
  if (!verbose) return { trades, msg: '' }
  const msg = historyText(trades, precision)
  bot.log.named('hummingbot.core').info(msg)
  return { trades, msg }
}
