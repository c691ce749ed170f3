import { Decimal, ZERO } from './decimal.ts'
import type { Side } from './order.ts'

export interface Level {
  readonly price: Decimal
  readonly amount: Decimal
}

/** Other people's orders, best price first. */
export interface BookSnapshot {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface TopOfBook {
  readonly bid: Decimal
  readonly ask: Decimal
  readonly mid: Decimal
}

/** The latest snapshot of a market, less what our own orders took from it since it came. */
export class OrderBook {
  #bids: Level[] = []
  #asks: Level[] = []

  replace(snapshot: BookSnapshot): void {
    this.#bids = [...snapshot.bids]
    this.#asks = [...snapshot.asks]
  }

  /** `undefined` while a side is empty. */
  get top(): TopOfBook | undefined {
    const bid = this.#bids[0]?.price
    const ask = this.#asks[0]?.price
    return bid && ask ? { bid, ask, mid: bid.plus(ask).div(2) } : undefined
  }

  /** What an order of that side would get, level by level, not beyond `limit`. */
  walk(side: Side, amount: Decimal, limit?: Decimal): Level[] {
    const parts: Level[] = []
    let left = amount
    for (const level of this.#against(side)) {
      if (left.lte(0) || (limit && isWorse(side, level.price, limit))) break
      const part = Decimal.min(left, level.amount)
      if (part.gt(0)) parts.push({ price: level.price, amount: part })
      left = left.minus(part)
    }
    return parts
  }

  /** Takes `amount` of the level at `price` out of the book. */
  take(side: Side, price: Decimal, amount: Decimal): void {
    const levels = this.#against(side)
    const index = levels.findIndex((level) => level.price.eq(price))
    const level = levels[index]
    if (!level) return
    const left = level.amount.minus(amount)
    if (left.gt(ZERO)) levels[index] = { price, amount: left }
    else levels.splice(index, 1)
  }

  #against(side: Side): Level[] {
    return side === 'BUY' ? this.#asks : this.#bids
  }
}

function isWorse(side: Side, price: Decimal, limit: Decimal): boolean {
  return side === 'BUY' ? price.gt(limit) : price.lt(limit)
}
