import type { z } from 'zod'
import { ceilTo, Decimal, floorTo } from '../exchange/decimal.ts'
import type { Side } from '../exchange/order.ts'
import { decimal, flag } from '../readers.ts'
import { skewRatios } from './inventory-skew.ts'
import type { CommonConfig, Strategy, StrategyDesk } from './strategy.ts'

export interface PureMarketMakingConfig extends CommonConfig {
  /** Percent of the mid price. */
  readonly bid_spread: Decimal
  readonly ask_spread: Decimal
  /** In the base asset, for each side. */
  readonly order_amount: Decimal
  /** Seconds after which orders are placed anew. */
  readonly order_refresh_time: Decimal
  readonly inventory_skew_enabled: boolean
  /** Percent of the value that is to be base asset. */
  readonly inventory_target_base_pct: Decimal
  /** Width of the range around the target, in multiples of both orders. */
  readonly inventory_range_multiplier: Decimal
}

const HUNDRED = new Decimal(100)

export const pureMarketMakingFields = {
  bid_spread: decimal({ moreThan: 0, max: 99 }).default(new Decimal(1)),
  ask_spread: decimal({ moreThan: 0, max: 1000 }).default(new Decimal(1)),
  order_amount: decimal({ moreThan: 0 }).default(new Decimal('0.01')),
  order_refresh_time: decimal({ min: 1, max: 86_400 }).default(new Decimal(30)),
  inventory_skew_enabled: flag.default(false),
  inventory_target_base_pct: decimal({ min: 0, max: 100 }).default(new Decimal(50)),
  inventory_range_multiplier: decimal({ moreThan: 0 }).default(new Decimal(1)),
} satisfies z.ZodRawShape as z.ZodRawShape

/** Keeps one bid below and one ask above the mid price, and moves both every `order_refresh_time`. */
export class PureMarketMaking implements Strategy<PureMarketMakingConfig> {
  #config: PureMarketMakingConfig
  #placedAt = Number.NEGATIVE_INFINITY

  constructor(config: PureMarketMakingConfig) {
    this.#config = config
  }

  configure(config: PureMarketMakingConfig): void {
    this.#config = config
  }

  tick(desk: StrategyDesk): void {
    // Orders that a restored run finds are kept until they are due.
    const [oldest] = desk.orders
    if (oldest && this.#placedAt === Number.NEGATIVE_INFINITY) this.#placedAt = oldest.createdAt
    // A clock that was set back must not make orders stay until it has caught up.
    if (Math.abs(desk.now - this.#placedAt) < this.#config.order_refresh_time.times(1_000).toNumber()) return
    for (const order of desk.orders) desk.cancel(order)
    this.#placedAt = desk.now
    const { bid_spread, ask_spread, order_amount } = this.#config
    const ratios = this.#ratios(desk)
    const { mid, bid, ask } = desk.top
    const { priceStep } = desk.rules
    // Never through the top of the book: a market maker does not take.
    const bidPrice = Decimal.min(
      floorTo(mid.times(HUNDRED.minus(bid_spread)).div(HUNDRED), priceStep),
      ask.minus(priceStep),
    )
    const askPrice = Decimal.max(
      ceilTo(mid.times(HUNDRED.plus(ask_spread)).div(HUNDRED), priceStep),
      bid.plus(priceStep),
    )
    this.#place(desk, 'BUY', bidPrice, order_amount.times(ratios.bid))
    this.#place(desk, 'SELL', askPrice, order_amount.times(ratios.ask))
  }

  #ratios(desk: StrategyDesk): { bid: Decimal; ask: Decimal } {
    const { inventory_skew_enabled, inventory_target_base_pct, inventory_range_multiplier, order_amount } = this.#config
    if (!inventory_skew_enabled) return { bid: new Decimal(1), ask: new Decimal(1) }
    return skewRatios({
      base: desk.total(desk.pair.base),
      quote: desk.total(desk.pair.quote),
      price: desk.top.mid,
      target: inventory_target_base_pct.div(HUNDRED),
      range: order_amount.times(2).times(inventory_range_multiplier),
    })
  }

  #place(desk: StrategyDesk, side: Side, price: Decimal, wanted: Decimal): void {
    if (!price.gt(0)) return
    const amount = floorTo(Decimal.min(wanted, desk.affordable(side, price)), desk.rules.amountStep)
    if (amount.gt(0)) desk.place({ side, type: 'LIMIT', price, amount })
    else if (wanted.gt(0))
      desk.log('warn', `No ${side} order: the balance of ${desk.pair[side === 'BUY' ? 'quote' : 'base']} is used up.`)
  }
}
