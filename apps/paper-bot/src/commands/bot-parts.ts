import type { TradingPair } from '../exchange/trading-pair.ts'
import type { BotLog } from '../log.ts'
import type { Reporter } from '../reporting/reporter.ts'
import type { TradeHistory } from '../reporting/trade-history.ts'
import type { ClientSettings } from '../settings/client-settings.ts'
import type { ImportedStrategy } from '../strategies/imported-strategy.ts'
import type { StrategyFiles } from '../strategies/strategy-files.ts'
import type { Trader } from '../trading/trader.ts'

/** What the commands work on. */
export interface BotParts {
  readonly settings: ClientSettings
  readonly files: StrategyFiles
  readonly trader: Trader
  readonly history: TradeHistory
  readonly reporter: Reporter
  readonly log: BotLog
  /** Where external orders go that name no market while no strategy runs. */
  readonly defaultPair: TradingPair
  readonly defaultExchange: string
  /** Set by `import`. */
  imported: ImportedStrategy | undefined
}

/** The strategy whose settings `config` lists and sets: the running one, else the imported one. */
export function currentStrategy(bot: BotParts): ImportedStrategy | undefined {
  return bot.trader.run?.strategy ?? bot.imported
}
