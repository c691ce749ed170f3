import type { Decimal } from './decimal.ts'
import type { TradingPair } from './trading-pair.ts'

export type Side = 'BUY' | 'SELL'
export type OrderType = 'LIMIT' | 'MARKET'

/** Fractions of the traded value: 0.001 is 0.1%. */
export interface FeeRates {
  readonly maker: Decimal
  readonly taker: Decimal
}

/** What prices and amounts of a market are multiples of. */
export interface MarketRules {
  readonly priceStep: Decimal
  readonly amountStep: Decimal
}

export interface OrderRequest {
  readonly pair: TradingPair
  readonly side: Side
  readonly type: OrderType
  readonly amount: Decimal
  /** Of limit orders. */
  readonly price?: Decimal
  /** Who placed it: the name of a strategy, or `external`. */
  readonly owner: string
}

export interface Order extends OrderRequest {
  readonly id: string
  readonly exchangeId: string
  readonly exchange: string
  /** The fees that it pays, whatever is configured later. */
  readonly rates: FeeRates
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** How much of the base asset was traded, and for how much of the quote asset. */
  filled: Decimal
  filledQuote: Decimal
}

export interface Fill {
  readonly tradeId: string
  readonly order: Order
  readonly price: Decimal
  readonly amount: Decimal
  readonly role: 'maker' | 'taker'
  readonly feeRate: Decimal
  /** In the quote asset. */
  readonly fee: Decimal
  /** Milliseconds since 1970. */
  readonly time: number
}

/** What happens on an exchange, in the order in which it happens. */
export type ExchangeEvent =
  | { readonly type: 'created'; readonly order: Order; readonly expectedPrice: Decimal }
  | { readonly type: 'filled'; readonly order: Order; readonly fill: Fill }
  | { readonly type: 'completed'; readonly order: Order }
  | { readonly type: 'cancelled'; readonly order: Order }
  | { readonly type: 'failed'; readonly order: Order; readonly reason: FailureReason; readonly message: string }

export type FailureReason = 'insufficient_balance' | 'no_market' | 'invalid'

export function remaining(order: Order): Decimal {
  return order.amount.minus(order.filled)
}
