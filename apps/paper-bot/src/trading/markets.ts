import { BotbusError, messageOf } from '@botbus/core'
import type { Logger } from 'pino'
import type { Decimal } from '../exchange/decimal.ts'
import type { ExchangeEvent, FeeRates, MarketRules } from '../exchange/order.ts'
import { PaperExchange } from '../exchange/paper-exchange.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'
import type { FeedSource, MarketFeed } from '../feeds/feed.ts'

/** One pair on one exchange, with data coming in. */
export interface Market {
  readonly exchange: PaperExchange
  readonly pair: TradingPair
  readonly rules: MarketRules
  /** No more data will come. */
  readonly isEnded: boolean
}

export interface MarketsOptions {
  readonly source: FeedSource
  readonly fees: () => FeeRates
  readonly balances: () => ReadonlyMap<string, Decimal>
  readonly limits: (exchange: string) => ReadonlyMap<string, Decimal>
  readonly nextId: () => string
  readonly log: Logger
  readonly listener: (event: ExchangeEvent) => void
}

/** Each open market costs time twice a second. Whoever may send external events may name any pair, but not keep a start from its own. */
const MAX_MARKETS = 40
const MAX_MARKETS_FOR_EVENTS = 20

/** The exchanges of a bot, each with a paper account of its own, and the markets that are open on them. */
export class Markets {
  readonly #options: MarketsOptions
  readonly #exchanges = new Map<string, PaperExchange>()
  readonly #markets = new Map<string, Promise<Market>>()
  readonly #feeds = new Set<MarketFeed>()
  readonly #closing = new AbortController()

  constructor(options: MarketsOptions) {
    this.#options = options
  }

  get source(): FeedSource {
    return this.#options.source
  }

  get exchanges(): PaperExchange[] {
    return [...this.#exchanges.values()]
  }

  exchange(name: string): PaperExchange {
    const { fees, nextId, balances, limits, listener } = this.#options
    let exchange = this.#exchanges.get(name)
    if (!exchange) {
      exchange = new PaperExchange({ name, fees, nextId, now: Date.now, listener })
      for (const [asset, amount] of balances()) exchange.account.set(asset, amount)
      for (const [asset, amount] of limits(name)) exchange.limits.set(asset, amount)
      this.#exchanges.set(name, exchange)
    }
    return exchange
  }

  /** Opens the market or returns the open one; one whose data has ended begins anew. Rejects with a `BotbusError`. */
  async open(
    exchangeName: string,
    pair: TradingPair,
    { forEvent = false }: { forEvent?: boolean } = {},
  ): Promise<Market> {
    const key = `${exchangeName}/${pair.symbol}`
    const known = this.#markets.get(key)
    const market = await known
    if (market && !market.isEnded) return market
    // Another caller may have opened it anew meanwhile.
    if (this.#markets.get(key) === known) this.#markets.delete(key)
    let opening = this.#markets.get(key)
    if (!opening) {
      const most = forEvent ? MAX_MARKETS_FOR_EVENTS : MAX_MARKETS
      if (this.#feeds.size >= most) {
        throw new BotbusError('RESOURCE_EXHAUSTED', `Cannot open ${pair.symbol}: ${most} markets are open already.`)
      }
      opening = this.#openFeed(this.exchange(exchangeName), pair)
      this.#markets.set(key, opening)
      opening.catch(() => this.#markets.delete(key))
    }
    return opening
  }

  /** Sets the balance on every exchange, also those that come later. Changes nothing where orders hold more. */
  setBalance(asset: string, amount: Decimal): void {
    for (const { name, account } of this.exchanges) {
      const held = account.held(asset)
      if (amount.lt(held)) {
        throw new BotbusError(
          'INVALID_ARGUMENT',
          `Cannot set ${asset} to ${amount}: open orders on ${name} hold ${held} ${asset}.`,
        )
      }
    }
    for (const { account } of this.exchanges) account.set(asset, amount)
  }

  setLimit(exchangeName: string, asset: string, amount: Decimal | null): void {
    const { limits } = this.exchange(exchangeName)
    if (amount) limits.set(asset, amount)
    else limits.remove(asset)
  }

  close(): void {
    this.#closing.abort()
    for (const feed of this.#feeds) feed.close()
    this.#feeds.clear()
    this.#markets.clear()
  }

  async #openFeed(exchange: PaperExchange, pair: TradingPair): Promise<Market> {
    const { source, log } = this.#options
    const feed = source.market(pair)
    this.#feeds.add(feed)
    let isEnded = false
    const listener = {
      book: exchange.onBook.bind(exchange, pair),
      trade: exchange.onTrade.bind(exchange, pair),
      ended: () => {
        isEnded = true
        this.#feeds.delete(feed)
        log.warn(`The data of ${pair.symbol} has ended; prices stand still.`)
      },
      problem: (error: Error) => log.warn(`Market data of ${pair.symbol}: ${messageOf(error)}`),
    }
    try {
      const rules = await feed.open(listener, this.#closing.signal)
      log.info(`${pair.symbol} on ${exchange.name}: ${source.description}`)
      return {
        exchange,
        pair,
        rules,
        get isEnded() {
          return isEnded
        },
      }
    } catch (error) {
      feed.close()
      this.#feeds.delete(feed)
      throw error
    }
  }
}
