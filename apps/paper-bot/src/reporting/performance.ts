import { Decimal, ZERO } from '../exchange/decimal.ts'
import type { ExchangeEvent, Fill } from '../exchange/order.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'

const CLOSE_TYPES = {
  completed: 'CloseType.COMPLETED',
  cancelled: 'CloseType.EARLY_STOP',
  insufficient_balance: 'CloseType.INSUFFICIENT_BALANCE',
  failed: 'CloseType.FAILED',
} as const

/**
 * Profit and loss of one run: what its fills bought and sold at average cost, in the quote asset. The inventory that
 * was there before counts neither way: selling it first is a short position.
 */
export class Performance {
  readonly #exchange: string
  readonly #pair: TradingPair
  readonly #closes = new Map<string, number>()
  #position = ZERO
  /** Average price of the position. */
  #price = ZERO
  #realized = ZERO
  #fees = ZERO
  #volume = ZERO

  constructor(exchange: string, pair: TradingPair) {
    this.#exchange = exchange
    this.#pair = pair
  }

  /** Base asset bought less sold. */
  get position(): Decimal {
    return this.#position
  }

  add(event: ExchangeEvent): void {
    if (event.type === 'filled') this.#fill(event.fill)
    else if (event.type === 'completed' || event.type === 'cancelled') this.#count(CLOSE_TYPES[event.type])
    else if (event.type === 'failed') {
      this.#count(event.reason === 'insufficient_balance' ? CLOSE_TYPES.insufficient_balance : CLOSE_TYPES.failed)
    }
  }

  /** The object of the `performance` channel. Percentages are of the traded volume. */
  report(mid: Decimal | undefined): Record<string, unknown> {
    const unrealized = mid ? mid.minus(this.#price).times(this.#position) : ZERO
    const global = this.#realized.plus(unrealized)
    return {
      realized_pnl_quote: asNumber(this.#realized),
      unrealized_pnl_quote: asNumber(unrealized),
      unrealized_pnl_pct: this.#percent(unrealized),
      realized_pnl_pct: this.#percent(this.#realized),
      global_pnl_quote: asNumber(global),
      global_pnl_pct: this.#percent(global),
      volume_traded: asNumber(this.#volume),
      positions_summary: this.#position.isZero() ? [] : [this.#summary(unrealized)],
      close_type_counts: Object.fromEntries(this.#closes),
    }
  }

  #summary(unrealized: Decimal): Record<string, unknown> {
    return {
      connector_name: this.#exchange,
      trading_pair: this.#pair.symbol,
      volume_traded_quote: asNumber(this.#volume),
      side: this.#position.gt(0) ? 'TradeType.BUY' : 'TradeType.SELL',
      amount: asNumber(this.#position.abs()),
      breakeven_price: asNumber(this.#price),
      unrealized_pnl_quote: asNumber(unrealized),
      realized_pnl_quote: asNumber(this.#realized),
      cum_fees_quote: asNumber(this.#fees),
    }
  }

  #fill({ order, price, amount, fee }: Fill): void {
    const change = order.side === 'BUY' ? amount : amount.neg()
    this.#volume = this.#volume.plus(price.times(amount))
    this.#fees = this.#fees.plus(fee)
    this.#realized = this.#realized.minus(fee)
    const isClosing = this.#position.times(change).lt(0)
    const closed = isClosing ? Decimal.min(this.#position.abs(), amount) : ZERO
    const direction = this.#position.gt(0) ? 1 : -1
    this.#realized = this.#realized.plus(price.minus(this.#price).times(closed).times(direction))
    const opened = amount.minus(closed)
    const next = this.#position.plus(change)
    if (opened.gt(0)) {
      const before = isClosing ? ZERO : this.#position.abs()
      this.#price = this.#price.times(before).plus(price.times(opened)).div(before.plus(opened))
    }
    this.#position = next
    if (next.isZero()) this.#price = ZERO
  }

  #percent(value: Decimal): number {
    return this.#volume.isZero() ? 0 : asNumber(value.div(this.#volume).times(100))
  }

  #count(closeType: string): void {
    this.#closes.set(closeType, (this.#closes.get(closeType) ?? 0) + 1)
  }
}

function asNumber(value: Decimal): number {
  return value.toSignificantDigits(15).toNumber()
}
