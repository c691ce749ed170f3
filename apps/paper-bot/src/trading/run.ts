import type { Logger } from 'pino'
import { Decimal, floorTo } from '../exchange/decimal.ts'
import type { ExchangeEvent, Order } from '../exchange/order.ts'
import { Performance } from '../reporting/performance.ts'
import type { Reporter } from '../reporting/reporter.ts'
import { statusText } from '../reporting/status-text.ts'
import type { ImportedStrategy } from '../strategies/imported-strategy.ts'
import type { CommonConfig, Strategy, StrategyDesk } from '../strategies/strategy.ts'
import type { Market } from './markets.ts'

const TICK = 1_000

export interface RunOptions {
  readonly strategy: ImportedStrategy
  readonly market: Market
  readonly log: Logger
  readonly reporter: Reporter
  /** The accounts of an earlier run to go on with. */
  readonly performance?: Performance
  /** Called when the strategy threw: it cannot go on. */
  readonly onFailure: (error: unknown) => void
}

/** A strategy at work on a market, from its start to its stop. */
export class Run {
  readonly strategy: ImportedStrategy
  readonly market: Market
  readonly performance: Performance
  readonly #options: RunOptions
  readonly #running: Strategy<CommonConfig>
  readonly #startedAt = Date.now()
  #timer: NodeJS.Timeout | undefined

  constructor(options: RunOptions) {
    const { strategy, market } = options
    this.strategy = strategy
    this.market = market
    this.performance = options.performance ?? new Performance(market.exchange.name, market.pair)
    this.#options = options
    this.#running = strategy.kind.create(strategy.config)
  }

  /** Its name in events of performance and as owner of orders. */
  get owner(): string {
    return this.strategy.kind.name
  }

  get orders(): Order[] {
    return this.market.exchange.openOrders({ pair: this.market.pair, owner: this.owner })
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK)
    this.#tick()
  }

  /** Leaves its orders to the trader. The last performance report has no figures, as Hummingbot's. */
  stop(): void {
    clearInterval(this.#timer)
    this.#options.reporter.performance({ [this.owner]: {} })
  }

  /** Uses the strategy's settings as they are now. */
  configure(): void {
    this.#running.configure(this.strategy.config)
  }

  onExchangeEvent(event: ExchangeEvent): void {
    const { owner, exchange, pair } = event.order
    const isOurs =
      owner === this.owner && exchange === this.market.exchange.name && pair.symbol === this.market.pair.symbol
    if (isOurs) this.performance.add(event)
  }

  statusText(): string {
    const { market, orders, strategy } = this
    const now = Date.now()
    return statusText({
      strategy: `${strategy.kind.name} (${strategy.name})`,
      market,
      orders,
      performance: this.#report(),
      runningFor: now - this.#startedAt,
      now,
    })
  }

  #tick(): void {
    const { reporter, onFailure } = this.#options
    const top = this.market.exchange.top(this.market.pair)
    try {
      if (top) this.#running.tick(this.#desk(top))
    } catch (error) {
      onFailure(error)
      return
    }
    reporter.performance({ [this.owner]: { performance: this.#report(), custom_info: {} } })
  }

  #report(): Record<string, unknown> {
    return this.performance.report(this.market.exchange.top(this.market.pair)?.mid)
  }

  #desk(top: StrategyDesk['top']): StrategyDesk {
    const { exchange, pair, rules } = this.market
    const { owner, performance } = this
    return {
      now: Date.now(),
      pair,
      rules,
      top,
      orders: this.orders,
      position: performance.position,
      total: (asset) => exchange.account.total(asset),
      affordable: (side, price) => Decimal.max(0, floorTo(exchange.affordable(pair, side, price), rules.amountStep)),
      place: (order) => void exchange.place({ ...order, pair, owner }),
      cancel: (order) => void exchange.cancel(order.id),
      log: (level, message) => this.#options.log[level](message),
    }
  }
}
