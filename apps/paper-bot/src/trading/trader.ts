import { CommandError } from '@botbus/bridge'
import { messageOf } from '@botbus/core'
import type { Decimal } from '../exchange/decimal.ts'
import type { ExchangeEvent, Fill, Order, Side } from '../exchange/order.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'
import type { FeedSource } from '../feeds/feed.ts'
import type { BotLog } from '../log.ts'
import { toBotEvent } from '../reporting/events.ts'
import type { Reporter } from '../reporting/reporter.ts'
import type { TradeHistory } from '../reporting/trade-history.ts'
import type { ClientSettings } from '../settings/client-settings.ts'
import type { ImportedStrategy } from '../strategies/imported-strategy.ts'
import { Markets } from './markets.ts'
import { Run } from './run.ts'

export interface TraderOptions {
  readonly source: FeedSource
  readonly settings: ClientSettings
  readonly history: TradeHistory
  readonly reporter: Reporter
  readonly log: BotLog
}

export interface BeginOptions {
  /** Go on with the open orders, and with the accounts of the last run if it was on that market. */
  readonly restore: boolean
  /** Gives up. */
  readonly signal: AbortSignal
}

export type TraderState = 'stopped' | 'starting' | 'running'

const EXTERNAL = 'external'

/** Runs one strategy at a time on paper exchanges, and tells the world what happens there. */
export class Trader {
  readonly markets: Markets
  readonly #options: TraderOptions
  #starting: AbortController | undefined
  #run: Run | undefined
  #lastRun: Run | undefined

  constructor(options: TraderOptions) {
    const { source, settings, log } = options
    this.#options = options
    const started = Date.now().toString(36)
    let count = 0
    this.markets = new Markets({
      source,
      fees: () => settings.fees,
      balances: () => settings.balances,
      limits: (exchange) => settings.limits(exchange),
      // Unique across restarts too, as trades are kept in a file.
      nextId: () => `${started}-${++count}`,
      log: log.named('hummingbot.connector.paper_trade'),
      listener: (event) => this.#onExchangeEvent(event),
    })
  }

  get state(): TraderState {
    if (this.#starting) return 'starting'
    return this.#run ? 'running' : 'stopped'
  }

  get run(): Run | undefined {
    return this.#run
  }

  /** The state is `starting` from now on, until `begin` or `abandon` gets what this returns, or `end` aborts it. */
  prepare(): AbortController {
    const attempt = new AbortController()
    this.#starting = attempt
    return attempt
  }

  abandon(attempt: AbortController): void {
    if (this.#starting === attempt) this.#starting = undefined
  }

  /** Resolves when the strategy runs. Rejects, and is stopped, when its market cannot be opened or the signal fires. */
  async begin(attempt: AbortController, strategy: ImportedStrategy, { restore, signal }: BeginOptions): Promise<void> {
    try {
      const { exchange, market: pair } = strategy.config
      const market = await abortable(this.markets.open(exchange, pair), AbortSignal.any([signal, attempt.signal]))
      attempt.signal.throwIfAborted()
      const last = this.#lastRun
      const resumes = restore && last?.market.exchange === market.exchange && last.market.pair.symbol === pair.symbol
      if (!restore) this.#cancelAll()
      market.exchange.limits.reset()
      const { reporter, log } = this.#options
      const run = new Run({
        strategy,
        market,
        reporter,
        log: log.named(`hummingbot.strategy.${strategy.kind.name}`),
        ...(resumes ? { performance: last.performance } : {}),
        onFailure: (error) => this.#onFailure(error),
      })
      this.#run = run
      this.#starting = undefined
      run.start()
    } finally {
      this.abandon(attempt)
    }
  }

  /** Stops what runs or starts. Returns how many orders were cancelled; orders that an earlier stop left are among them. */
  end({ cancelOrders }: { cancelOrders: boolean }): number {
    this.#starting?.abort(new CommandError('The start was stopped.'))
    this.#starting = undefined
    const run = this.#run
    this.#run = undefined
    if (run) this.#lastRun = run
    const cancelled = cancelOrders ? this.#cancelAll() : 0
    run?.stop()
    return cancelled
  }

  /** Places a market order as somebody outside asked; the strategy's accounts do not count it. */
  async placeMarketOrder(order: { exchange: string; pair: TradingPair; side: Side; amount: Decimal }): Promise<Order> {
    const { exchange } = await this.markets.open(order.exchange, order.pair, { forEvent: true })
    return exchange.place({ pair: order.pair, side: order.side, type: 'MARKET', amount: order.amount, owner: EXTERNAL })
  }

  close(): void {
    this.end({ cancelOrders: true })
    this.markets.close()
  }

  /** Returns how many were open. */
  #cancelAll(): number {
    return this.markets.exchanges.flatMap((exchange) => exchange.cancelAll()).length
  }

  #onExchangeEvent(event: ExchangeEvent): void {
    const { reporter, log } = this.#options
    ;(this.#run ?? this.#lastRun)?.onExchangeEvent(event)
    if (event.type === 'filled') this.#keep(event.fill)
    const { type, data } = toBotEvent(event)
    reporter.event(type, data)
    const { order } = event
    const logger = log.named(
      order.owner === EXTERNAL ? 'hummingbot.connector.paper_trade' : `hummingbot.strategy.${order.owner}`,
    )
    const words = `${order.side} ${order.type} order ${order.id}`
    if (event.type === 'filled') {
      const text = fillText(event.fill)
      logger.info(text)
      reporter.notify(text)
    } else if (event.type === 'failed') {
      logger.warn(`${words} failed: ${event.message}`)
      reporter.notify(`${words} failed: ${event.message}`)
    } else logger.info(`${words} ${event.type}.`)
  }

  #keep(fill: Fill): void {
    try {
      this.#options.history.add(fill)
    } catch (error) {
      this.#options.log
        .named('hummingbot.core')
        .error(`The trade ${fill.tradeId} could not be written: ${messageOf(error)}`)
    }
  }

  #onFailure(error: unknown): void {
    const { reporter, log } = this.#options
    const text = `The strategy failed and was stopped: ${messageOf(error)}`
    log.named('hummingbot.core').error({ err: error }, text)
    reporter.notify(text)
    this.end({ cancelOrders: true })
  }
}

function fillText({ order, price, amount, role }: Fill): string {
  const { base, quote } = order.pair
  return `${role === 'maker' ? 'Maker' : 'Taker'} ${order.side} order: ${amount} ${base} @ ${price} ${quote} (${order.filled} of ${order.amount} filled)`
}

/** The promise itself goes on: markets stay open for the next who asks. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
