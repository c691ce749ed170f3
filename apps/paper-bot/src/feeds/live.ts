import { BotbusError, messageOf } from '@botbus/core'
import type { MarketRules } from '../exchange/order.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'
import { type CcxtExchange, loadCcxtExchange, readOrderBook, readRules, readTrades } from './ccxt.ts'
import type { FeedListener, FeedSource, MarketFeed } from './feed.ts'

export interface LiveOptions {
  /** ccxt's id of the exchange: `kraken`. */
  readonly exchange: string
  /** Milliseconds between two looks. Default 2,000. */
  readonly interval?: number
  /** Default: ccxt itself, loaded when the first market opens. */
  readonly load?: (id: string) => Promise<CcxtExchange>
}

const BOOK_LEVELS = 50
const TRADES = 100
const LONGEST_PAUSE = 60_000

/** Public books and trades of a real exchange, polled. Orders never leave this process. */
export function live({ exchange, interval = 2_000, load = loadCcxtExchange }: LiveOptions): FeedSource {
  let loaded: Promise<CcxtExchange> | undefined
  const loadOnce = (): Promise<CcxtExchange> => {
    loaded ??= load(exchange).catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }
  return {
    description: `live data of ${exchange}`,
    exchange,
    market: (pair) => new LiveFeed(loadOnce, pair, interval),
  }
}

class LiveFeed implements MarketFeed {
  readonly #load: () => Promise<CcxtExchange>
  readonly #symbol: string
  readonly #interval: number
  #isClosed = false
  #timer: NodeJS.Timeout | undefined
  #seen = new Set<string>()
  #since = 0
  #failures = 0

  constructor(load: () => Promise<CcxtExchange>, pair: TradingPair, interval: number) {
    this.#load = load
    this.#symbol = `${pair.base}/${pair.quote}`
    this.#interval = interval
  }

  async open(listener: FeedListener, signal: AbortSignal): Promise<MarketRules> {
    const exchange = await this.#load()
    const rules = await this.#findMarket(exchange)
    try {
      await this.#look(exchange, listener, true)
    } catch (error) {
      throw asProblem(error)
    }
    if (!signal.aborted) this.#schedule(exchange, listener)
    return rules
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #findMarket(exchange: CcxtExchange): Promise<MarketRules> {
    try {
      await exchange.loadMarkets()
      return readRules(exchange.market(this.#symbol), exchange.precisionMode)
    } catch (error) {
      throw new BotbusError('INVALID_ARGUMENT', `Cannot open ${this.#symbol}: ${messageOf(error)}`, { cause: error })
    }
  }

  #schedule(exchange: CcxtExchange, listener: FeedListener): void {
    if (this.#isClosed) return
    const pause = Math.min(LONGEST_PAUSE, this.#interval * 2 ** this.#failures)
    this.#timer = setTimeout(() => void this.#repeat(exchange, listener), pause)
  }

  async #repeat(exchange: CcxtExchange, listener: FeedListener): Promise<void> {
    try {
      await this.#look(exchange, listener, false)
      this.#failures = 0
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 10)
      if (!this.#isClosed) listener.problem(asProblem(error))
    }
    this.#schedule(exchange, listener)
  }

  /** Trades that were made before the first look are only remembered: our orders were not there yet. */
  async #look(exchange: CcxtExchange, listener: FeedListener, isFirst: boolean): Promise<void> {
    const book = readOrderBook(await exchange.fetchOrderBook(this.#symbol, BOOK_LEVELS))
    const trades = readTrades(await exchange.fetchTrades(this.#symbol, this.#since || undefined, TRADES))
    if (this.#isClosed) return
    const fresh = trades.filter((trade) => !this.#seen.has(trade.id)).sort((a, b) => a.time - b.time)
    this.#since = trades.reduce((latest, trade) => Math.max(latest, trade.time), this.#since)
    this.#seen = new Set([...[...this.#seen].slice(-TRADES * 5), ...fresh.map((trade) => trade.id)])
    if (!isFirst) for (const trade of fresh) listener.trade(trade)
    listener.book(book)
  }
}

function asProblem(error: unknown): BotbusError {
  return BotbusError.is(error) ? error : new BotbusError('NOT_CONNECTED', messageOf(error), { cause: error })
}
