import type { z } from 'zod'
import { Decimal, floorTo } from '../exchange/decimal.ts'
import { decimal, integer } from '../readers.ts'
import type { CommonConfig, Strategy, StrategyDesk } from './strategy.ts'

export interface TrendFollowerConfig extends CommonConfig {
  /** Bought when the trend turns up, in the base asset. */
  readonly order_amount: Decimal
  /** Samples in the fast and in the slow average. */
  readonly fast_period: number
  readonly slow_period: number
  /** Seconds between two samples. */
  readonly sample_interval: Decimal
  /** By how many percent the fast average must be beyond the slow one. */
  readonly threshold_pct: Decimal
}

export const trendFollowerFields = {
  order_amount: decimal({ moreThan: 0 }).default(new Decimal('0.01')),
  fast_period: integer(1, 10_000).default(10),
  slow_period: integer(2, 10_000).default(30),
  sample_interval: decimal({ min: 1, max: 86_400 }).default(new Decimal(1)),
  threshold_pct: decimal({ min: 0, max: 100 }).default(new Decimal('0.05')),
} satisfies z.ZodRawShape as z.ZodRawShape

/**
 * Buys at market when the fast exponential average of the mid price rises above the slow one, sells what it bought when it
 * falls below. Never sells more than it bought.
 */
export class TrendFollower implements Strategy<TrendFollowerConfig> {
  #config: TrendFollowerConfig
  #fast: Decimal | undefined
  #slow: Decimal | undefined
  #samples = 0
  #sampledAt = Number.NEGATIVE_INFINITY

  constructor(config: TrendFollowerConfig) {
    this.#config = config
  }

  configure(config: TrendFollowerConfig): void {
    this.#config = config
  }

  tick(desk: StrategyDesk): void {
    const { fast_period, slow_period, sample_interval, threshold_pct } = this.#config
    // A clock that was set back must not stop the samples until it has caught up.
    if (Math.abs(desk.now - this.#sampledAt) < sample_interval.times(1_000).toNumber()) return
    this.#sampledAt = desk.now
    this.#fast = average(this.#fast, desk.top.mid, fast_period)
    this.#slow = average(this.#slow, desk.top.mid, slow_period)
    this.#samples += 1
    // An average over fewer samples than its period says little.
    if (this.#samples < slow_period) return
    const threshold = this.#slow.times(threshold_pct).div(100)
    if (this.#fast.gt(this.#slow.plus(threshold))) this.#enter(desk)
    else if (this.#fast.lt(this.#slow.minus(threshold))) this.#leave(desk)
  }

  #enter(desk: StrategyDesk): void {
    if (desk.position.gt(0)) return
    // A margin of 1%: a market order may go deeper than the best price.
    const wanted = Decimal.min(this.#config.order_amount, desk.affordable('BUY', desk.top.ask.times('1.01')))
    const amount = floorTo(wanted, desk.rules.amountStep)
    if (!amount.gt(0)) {
      desk.log('warn', `No BUY order: the balance of ${desk.pair.quote} is used up.`)
      return
    }
    desk.log('info', `The trend turned up: buying ${amount} ${desk.pair.base}.`)
    desk.place({ side: 'BUY', type: 'MARKET', amount })
  }

  #leave(desk: StrategyDesk): void {
    const amount = floorTo(Decimal.min(desk.position, desk.affordable('SELL', desk.top.bid)), desk.rules.amountStep)
    if (!amount.gt(0)) return
    desk.log('info', `The trend turned down: selling ${amount} ${desk.pair.base}.`)
    desk.place({ side: 'SELL', type: 'MARKET', amount })
  }
}

/** Rounded: an average is an estimate, and its digits must not grow for ever. */
function average(previous: Decimal | undefined, value: Decimal, period: number): Decimal {
  if (!previous) return value
  return previous
    .plus(
      value
        .minus(previous)
        .times(2)
        .div(period + 1),
    )
    .toSignificantDigits(30)
}
