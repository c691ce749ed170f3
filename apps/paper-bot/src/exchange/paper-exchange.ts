import { Account } from './account.ts'
import { BalanceLimits } from './balance-limits.ts'
import { Decimal, sum, ZERO } from './decimal.ts'
import { costOf, heldAsset, heldFor, unitCost } from './holds.ts'
import {
  type ExchangeEvent,
  type FailureReason,
  type FeeRates,
  type Fill,
  type Order,
  type OrderRequest,
  remaining,
  type Side,
} from './order.ts'
import { type BookSnapshot, type Level, OrderBook, type TopOfBook } from './order-book.ts'
import type { TradingPair } from './trading-pair.ts'

export interface PublicTrade {
  readonly price: Decimal
  readonly amount: Decimal
  /** Who took: a `SELL` hits bids. Unknown means that both sides may have been hit. */
  readonly side?: Side
}

export interface PaperExchangeOptions {
  readonly name: string
  /** Asked at each new order. */
  readonly fees: () => FeeRates
  /** A new unique word for each order and trade. */
  readonly nextId: () => string
  readonly now: () => number
  readonly listener: (event: ExchangeEvent) => void
}

/**
 * Matches our orders with a market that others make. Resting limit orders are filled, as maker and at their own price, by
 * trades at or through that price, up to the traded amount, and by books that cross them. Orders that cross the book
 * when placed walk it as taker. Our orders never meet each other, nor move the market beyond the current book.
 */
export class PaperExchange {
  readonly name: string
  readonly account: Account = new Account()
  readonly limits: BalanceLimits = new BalanceLimits()
  readonly #options: PaperExchangeOptions
  readonly #books = new Map<string, OrderBook>()
  readonly #orders = new Map<string, Order>()
  /** Events of the operation under way: told when it is done, so that listeners may place and cancel orders. */
  #untold: ExchangeEvent[] | undefined

  constructor(options: PaperExchangeOptions) {
    this.name = options.name
    this.#options = options
  }

  get fees(): FeeRates {
    return this.#options.fees()
  }

  top(pair: TradingPair): TopOfBook | undefined {
    return this.#books.get(pair.symbol)?.top
  }

  /** Oldest first. */
  openOrders(filter: { pair?: TradingPair; owner?: string } = {}): Order[] {
    return [...this.#orders.values()].filter(
      (order) =>
        (!filter.pair || order.pair.symbol === filter.pair.symbol) && (!filter.owner || order.owner === filter.owner),
    )
  }

  /** What new orders may use of an asset. */
  spendable(asset: string): Decimal {
    return this.limits.spendable(asset, this.account.available(asset), this.account.held(asset))
  }

  /** The largest amount that can be ordered at that price. */
  affordable(pair: TradingPair, side: Side, price: Decimal): Decimal {
    return side === 'SELL' ? this.spendable(pair.base) : this.spendable(pair.quote).div(unitCost(price, this.fees))
  }

  /** Never throws for what an exchange would refuse: that is a `failed` event. Returns the order, open or not. */
  place(request: OrderRequest): Order {
    const order = this.#makeOrder(request)
    this.#operate(() => this.#match(order))
    return order
  }

  /** False when that order is not open. */
  cancel(id: string): boolean {
    const order = this.#orders.get(id)
    if (!order) return false
    this.#operate(() => {
      this.#orders.delete(id)
      this.account.release(heldAsset(order), heldFor(order, remaining(order)))
      this.#emit({ type: 'cancelled', order })
    })
    return true
  }

  cancelAll(): Order[] {
    return this.openOrders().filter((order) => this.cancel(order.id))
  }

  onBook(pair: TradingPair, snapshot: BookSnapshot): void {
    const book = this.#book(pair)
    book.replace(snapshot)
    this.#operate(() => {
      for (const order of this.#byPriority(pair)) {
        for (const part of book.walk(order.side, remaining(order), order.price)) {
          book.take(order.side, part.price, part.amount)
          this.#fill(order, { price: order.price ?? part.price, amount: part.amount }, 'maker')
        }
      }
    })
  }

  onTrade(pair: TradingPair, trade: PublicTrade): void {
    this.#operate(() => {
      let left = trade.amount
      for (const order of this.#byPriority(pair)) {
        if (left.lte(0)) return
        if (!order.price || !isHit(order.side, order.price, trade)) continue
        const amount = Decimal.min(left, remaining(order))
        left = left.minus(amount)
        this.#fill(order, { price: order.price, amount }, 'maker')
      }
    })
  }

  #match(order: Order): void {
    const book = this.#books.get(order.pair.symbol)
    const top = book?.top
    if (!order.amount.gt(0) || (order.type === 'LIMIT' && !order.price?.gt(0))) {
      this.#fail(order, 'invalid', 'Amount and price must be greater than 0')
    } else if (!book || !top) {
      this.#fail(order, 'no_market', `There is no order book for ${order.pair.symbol}`)
    } else if (order.price) {
      this.#placeLimit(order, order.price, book)
    } else {
      this.#placeMarket(order, book, order.side === 'BUY' ? top.ask : top.bid)
    }
  }

  #placeLimit(order: Order, price: Decimal, book: OrderBook): void {
    const asset = heldAsset(order)
    const needed = heldFor(order, order.amount)
    if (this.#lacks(order, asset, needed)) return
    this.account.hold(asset, needed)
    this.#orders.set(order.id, order)
    this.#emit({ type: 'created', order, expectedPrice: price })
    for (const part of book.walk(order.side, order.amount, price)) {
      book.take(order.side, part.price, part.amount)
      this.#fill(order, part, 'taker')
    }
  }

  #placeMarket(order: Order, book: OrderBook, expectedPrice: Decimal): void {
    const parts = book.walk(order.side, order.amount)
    const asset = heldAsset(order)
    const needed = order.side === 'SELL' ? order.amount : sum(parts.map((part) => costOf(part, order.rates.taker)))
    if (this.#lacks(order, asset, needed)) return
    this.#emit({ type: 'created', order, expectedPrice })
    for (const part of parts) {
      book.take(order.side, part.price, part.amount)
      this.#fill(order, part, 'taker')
    }
    if (remaining(order).gt(0)) this.#emit({ type: 'cancelled', order })
  }

  #fill(order: Order, part: Level, role: Fill['role']): void {
    const { price, amount } = part
    const feeRate = order.rates[role]
    const value = price.times(amount)
    const fee = value.times(feeRate)
    if (order.type === 'LIMIT') this.account.release(heldAsset(order), heldFor(order, amount))
    const { base, quote } = order.pair
    if (order.side === 'BUY') {
      this.#move(quote, value.plus(fee).neg())
      this.#move(base, amount)
    } else {
      this.#move(base, amount.neg())
      this.#move(quote, value.minus(fee))
    }
    order.filled = order.filled.plus(amount)
    order.filledQuote = order.filledQuote.plus(value)
    const isComplete = order.filled.eq(order.amount)
    if (isComplete) this.#orders.delete(order.id)
    const fill: Fill = {
      tradeId: this.#options.nextId(),
      order,
      price,
      amount,
      role,
      feeRate,
      fee,
      time: this.#options.now(),
    }
    this.#emit({ type: 'filled', order, fill })
    if (isComplete) this.#emit({ type: 'completed', order })
  }

  #move(asset: string, change: Decimal): void {
    if (change.lt(0)) this.account.debit(asset, change.neg())
    else this.account.credit(asset, change)
    this.limits.moved(asset, change)
  }

  #lacks(order: Order, asset: string, needed: Decimal): boolean {
    const spendable = this.spendable(asset)
    if (needed.lte(spendable)) return false
    const message = `Insufficient balance: ${needed.toSignificantDigits(12)} ${asset} needed, ${spendable.toSignificantDigits(12)} may be used`
    this.#fail(order, 'insufficient_balance', message)
    return true
  }

  #fail(order: Order, reason: FailureReason, message: string): void {
    this.#emit({ type: 'failed', order, reason, message })
  }

  #makeOrder(request: OrderRequest): Order {
    const { nextId, now } = this.#options
    const word = nextId()
    return {
      ...request,
      id: `${request.side === 'BUY' ? 'B' : 'S'}-${request.pair.symbol}-${word}`,
      exchangeId: `EX-${word}`,
      exchange: this.name,
      rates: this.fees,
      createdAt: now(),
      filled: ZERO,
      filledQuote: ZERO,
    }
  }

  /** The bids and then the asks, each the best price first and then the older order. */
  #byPriority(pair: TradingPair): Order[] {
    const orders = this.openOrders({ pair })
    const bids = orders.filter((order) => order.side === 'BUY').sort((a, b) => priceOf(b).cmp(priceOf(a)))
    const asks = orders.filter((order) => order.side === 'SELL').sort((a, b) => priceOf(a).cmp(priceOf(b)))
    return [...bids, ...asks]
  }

  #book(pair: TradingPair): OrderBook {
    const book = this.#books.get(pair.symbol) ?? new OrderBook()
    this.#books.set(pair.symbol, book)
    return book
  }

  #operate(change: () => void): void {
    if (this.#untold) {
      change()
      return
    }
    const events: ExchangeEvent[] = []
    this.#untold = events
    try {
      change()
      for (let event = events.shift(); event; event = events.shift()) this.#options.listener(event)
    } finally {
      this.#untold = undefined
    }
  }

  #emit(event: ExchangeEvent): void {
    this.#untold?.push(event)
  }
}

function priceOf(order: Order): Decimal {
  return order.price ?? ZERO
}

function isHit(side: Side, price: Decimal, trade: PublicTrade): boolean {
  if (trade.side === side) return false
  return side === 'BUY' ? trade.price.lte(price) : trade.price.gte(price)
}
