import type { BotPublisher } from '@botbus/bridge'
import { pino } from 'pino'
import { Decimal } from '../src/exchange/decimal.ts'
import type { ExchangeEvent } from '../src/exchange/order.ts'
import { PaperExchange } from '../src/exchange/paper-exchange.ts'
import { parsePair, type TradingPair } from '../src/exchange/trading-pair.ts'
import type { FeedListener, FeedSource } from '../src/feeds/feed.ts'
import { PaperBot } from '../src/paper-bot.ts'
import { ClientSettings, type ClientSettingsOptions } from '../src/settings/client-settings.ts'

export const BTC: TradingPair = parsePair('BTC-USDT')
export const d = (value: number | string): Decimal => new Decimal(value)

/** A market whose book and trades the test makes. */
export class ManualFeed implements FeedSource {
  readonly description = 'manual'
  readonly opened: string[] = []
  #listeners = new Map<string, FeedListener>()
  readonly exchange?: string
  readonly #gate: Promise<void>

  /** Markets open when `gate` resolves. `exchange` is where the data is said to come from. */
  constructor(gate: Promise<void> = Promise.resolve(), exchange?: string) {
    this.#gate = gate
    if (exchange) this.exchange = exchange
  }

  market(pair: TradingPair): ReturnType<FeedSource['market']> {
    return {
      open: async (listener) => {
        await this.#gate
        this.opened.push(pair.symbol)
        this.#listeners.set(pair.symbol, listener)
        listener.book(book(99, 101))
        return { priceStep: d('0.01'), amountStep: d('0.001') }
      },
      close: () => undefined,
    }
  }

  book(bid: number, ask: number, pair = 'BTC-USDT'): void {
    this.#listener(pair).book(book(bid, ask))
  }

  trade(price: number, amount: number, pair = 'BTC-USDT'): void {
    this.#listener(pair).trade({ price: d(price), amount: d(amount) })
  }

  end(pair = 'BTC-USDT'): void {
    this.#listener(pair).ended()
  }

  #listener(pair: string): FeedListener {
    const listener = this.#listeners.get(pair)
    if (!listener) throw new Error(`${pair} is not open`)
    return listener
  }
}

/** Ten units at the best prices, and a hundred one step behind. */
export function book(bid: number, ask: number): Parameters<FeedListener['book']>[0] {
  return {
    bids: [
      { price: d(bid), amount: d(10) },
      { price: d(bid - 1), amount: d(100) },
    ],
    asks: [
      { price: d(ask), amount: d(10) },
      { price: d(ask + 1), amount: d(100) },
    ],
  }
}

interface Published {
  events: { type: string; data: Record<string, unknown> }[]
  notes: string[]
  performance: Record<string, { performance?: Record<string, unknown> }>[]
}

export interface TestBot extends Published {
  bot: PaperBot
  feed: ManualFeed
  logs: { level: number; name?: string; msg: string }[]
  settings: ClientSettings
}

export interface TestBotOptions {
  feed?: ManualFeed
  folders?: string[]
  tradesFile?: string
  settings?: Partial<ClientSettingsOptions>
}

/** A bot on a manual market with 1 BTC and 1,000 USDT, and all that it publishes. */
export function makeBot({
  feed = new ManualFeed(),
  folders,
  tradesFile,
  settings: given,
}: TestBotOptions = {}): TestBot {
  const logs: TestBot['logs'] = []
  const settings = new ClientSettings({
    id: 'alpha',
    ...(feed.exchange ? { exchange: feed.exchange } : {}),
    ...given,
    given: {
      'paper_trade.paper_trade_account_balance.BTC': 1,
      'paper_trade.paper_trade_account_balance.USDT': 1000,
      ...given?.given,
    },
  })
  const logger = pino({ base: null }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const bot = new PaperBot({
    settings,
    source: feed,
    pair: BTC,
    logger,
    ...(folders ? { folders } : {}),
    ...(tradesFile ? { tradesFile } : {}),
  })
  const published: Published = { events: [], notes: [], performance: [] }
  const publisher: BotPublisher = {
    event: (type, data) => void published.events.push({ type, data }),
    notify: (text) => void published.notes.push(text),
    performance: (report) => void published.performance.push(report),
    log: () => undefined,
    statusUpdate: () => undefined,
  }
  bot.attach(publisher)
  return { bot, feed, logs, settings, ...published }
}

export const START = {
  log_level: null,
  restore: false,
  script: null,
  conf: null,
  is_quickstart: false,
  async_backend: false,
}
export const STOP = { skip_order_cancellation: false, async_backend: true }
export const HISTORY = { days: 0, verbose: false, precision: null, async_backend: true }
export const context = { signal: new AbortController().signal }

/** An exchange with fees of 0.1% for makers and 0.2% for takers, and everything that happens on it. */
export function makeExchange(balances: Record<string, number>): { exchange: PaperExchange; events: ExchangeEvent[] } {
  const events: ExchangeEvent[] = []
  let id = 0
  const exchange = new PaperExchange({
    name: 'binance',
    fees: () => ({ maker: d('0.001'), taker: d('0.002') }),
    nextId: () => String(++id),
    now: () => 1_000,
    listener: (event) => void events.push(event),
  })
  for (const [asset, amount] of Object.entries(balances)) exchange.account.set(asset, d(amount))
  return { exchange, events }
}
