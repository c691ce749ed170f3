import type { Decimal } from '../exchange/decimal.ts'
import type { MarketRules, Order, OrderType, Side } from '../exchange/order.ts'
import type { TopOfBook } from '../exchange/order-book.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'

/** What a strategy sees of the world, and what it can do there. */
export interface StrategyDesk {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly pair: TradingPair
  readonly rules: MarketRules
  readonly top: TopOfBook
  /** Its own open orders, oldest first. */
  readonly orders: readonly Order[]
  /** Base asset bought less sold since the run began. */
  readonly position: Decimal
  total(asset: string): Decimal
  /** The largest amount that balances and limits allow, in steps of the market. */
  affordable(side: Side, price: Decimal): Decimal
  place(order: { side: Side; type: OrderType; amount: Decimal; price?: Decimal }): void
  cancel(order: Order): void
  log(level: 'debug' | 'info' | 'warn', message: string): void
}

/** One run of a strategy. `Config` is what its YAML file says, as the schema gives it. */
export interface Strategy<Config> {
  /** Called each second while the market has a book. */
  tick(desk: StrategyDesk): void
  /** New settings: used from the next refresh on. */
  configure(config: Config): void
}

/** What every strategy's file says. */
export interface CommonConfig {
  readonly exchange: string
  readonly market: TradingPair
}
