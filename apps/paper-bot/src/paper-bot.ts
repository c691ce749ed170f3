import type {
  BalanceLimitRequest,
  BalancePaperRequest,
  Bot,
  BotPublisher,
  CommandContext,
  CommandShortcutsRequest,
  ConfigAnswer,
  ConfigRequest,
  ExternalEvent,
  HistoryRequest,
  ImportRequest,
  StartRequest,
  StopRequest,
  Trade,
} from '@botbus/bridge'
import type { Logger } from 'pino'
import { balanceLimit, balancePaper } from './commands/balance.ts'
import type { BotParts } from './commands/bot-parts.ts'
import { runLine } from './commands/command-line.ts'
import { commandShortcuts } from './commands/command-shortcuts.ts'
import { config } from './commands/config.ts'
import { externalEvent } from './commands/external-event.ts'
import { history } from './commands/history.ts'
import { importStrategy } from './commands/import.ts'
import { start } from './commands/start.ts'
import { status } from './commands/status.ts'
import { stop } from './commands/stop.ts'
import type { TradingPair } from './exchange/trading-pair.ts'
import type { FeedSource } from './feeds/feed.ts'
import { BotLog } from './log.ts'
import { Reporter } from './reporting/reporter.ts'
import { TradeHistory } from './reporting/trade-history.ts'
import type { ClientSettings } from './settings/client-settings.ts'
import { EXAMPLES, StrategyFiles } from './strategies/strategy-files.ts'
import { Trader } from './trading/trader.ts'

export interface PaperBotOptions {
  readonly settings: ClientSettings
  readonly source: FeedSource
  /** The market of strategies and orders that name none. */
  readonly pair: TradingPair
  /** Folders with strategy files. The examples of this package are found after them. */
  readonly folders?: readonly string[]
  /** A JSON Lines file that keeps all trades. Default: memory only. */
  readonly tradesFile?: string
  readonly logger: Logger
  /** Where the logger's records go to as well. Default: one of its own. */
  readonly reporter?: Reporter
}

/** A trading bot on paper money. Works without a bus: every command is a method. */
export class PaperBot implements Bot {
  readonly #parts: BotParts

  /** Throws `INVALID_ARGUMENT` when the trades file cannot be read. */
  constructor({
    settings,
    source,
    pair,
    folders = [],
    tradesFile,
    logger,
    reporter = new Reporter(),
  }: PaperBotOptions) {
    const log = new BotLog(logger)
    log.level = settings.pinoLevel
    const history = new TradeHistory(tradesFile, (message) => log.named('hummingbot.core').warn(message))
    const files = new StrategyFiles([...folders, EXAMPLES], {
      defaultMarket: pair.symbol,
      ...(source.exchange ? { exchange: source.exchange } : {}),
    })
    this.#parts = {
      settings,
      files,
      history,
      reporter,
      log,
      trader: new Trader({ source, settings, history, reporter, log }),
      defaultPair: pair,
      defaultExchange: source.exchange ?? 'binance',
      imported: undefined,
    }
  }

  get settings(): ClientSettings {
    return this.#parts.settings
  }

  /** Tells the world through that publisher from now on; `undefined` tells nobody. */
  attach(publisher: BotPublisher | undefined): void {
    this.#parts.reporter.attach(publisher)
  }

  start(request: StartRequest, { signal }: Pick<CommandContext, 'signal'>): Promise<void> {
    return start(this.#parts, request, signal)
  }

  stop(request: StopRequest): void {
    stop(this.#parts, request)
  }

  import(request: ImportRequest): Promise<void> {
    return importStrategy(this.#parts, request)
  }

  config(request: ConfigRequest): ConfigAnswer {
    return config(this.#parts, request)
  }

  balanceLimit(request: BalanceLimitRequest): void {
    balanceLimit(this.#parts, request)
  }

  balancePaper(request: BalancePaperRequest): void {
    balancePaper(this.#parts, request)
  }

  history(request: HistoryRequest): { trades: Trade[]; msg: string } {
    const { trades, msg } = history(this.#parts, request)
    return { trades: trades.map((trade) => ({ ...trade })), msg }
  }

  status(): string {
    return status(this.#parts)
  }

  commandShortcuts(request: CommandShortcutsRequest, { signal }: Pick<CommandContext, 'signal'>): Promise<boolean[]> {
    return commandShortcuts(this.#parts, request, signal)
  }

  externalEvent(name: string, { data }: Pick<ExternalEvent, 'data'>): Promise<void> {
    return externalEvent(this.#parts, name, data)
  }

  /** Runs one line as Hummingbot's client takes it: `config bid_spread 0.5`. Returns what a person reads. */
  runLine(line: string, signal: AbortSignal): Promise<string> {
    return runLine(this.#parts, line, signal)
  }

  /** Stops the strategy, cancels its orders and closes all markets. */
  close(): void {
    this.#parts.trader.close()
  }
}
