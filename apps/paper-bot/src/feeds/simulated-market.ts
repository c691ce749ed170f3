import { Decimal } from '../exchange/decimal.ts'
import type { MarketRules } from '../exchange/order.ts'
import type { BookSnapshot, Level } from '../exchange/order-book.ts'
import type { PublicTrade } from '../exchange/paper-exchange.ts'
import { Random } from './random.ts'

export interface SimulatedMarketOptions {
  readonly seed: string
  readonly startPrice: Decimal
  /** Deviation of the price from one step to the next, in percent of the price. */
  readonly volatility: number
}

export interface SimulatedStep {
  readonly book: BookSnapshot
  readonly trades: readonly PublicTrade[]
}

const LEVELS = 15
/** Half of the spread and the distance of levels, as fractions of the price. */
const HALF_SPREAD = new Decimal('0.0002')
const LEVEL_DISTANCE = new Decimal('0.0003')
/** The value of a typical level and trade in the quote asset. */
const LEVEL_VALUE = new Decimal(20_000)
const TRADE_VALUE = new Decimal(3_000)
/** How far a large trade reaches into the book, as a fraction of the price. */
const REACH = 0.003
/** How strongly the price is drawn back to where it started. */
const PULL = 0.002

/** A random walk with a book and trades around it. The same options give the same series. */
export class SimulatedMarket {
  readonly rules: MarketRules
  readonly #random: Random
  readonly #options: SimulatedMarketOptions
  #mid: Decimal

  constructor(options: SimulatedMarketOptions) {
    const { startPrice } = options
    // Six significant digits of the price, and amounts of at least 0.01 cents in value.
    this.rules = {
      priceStep: new Decimal(10).pow(startPrice.e - 6),
      amountStep: new Decimal(10).pow(Math.min(0, -4 - startPrice.e)),
    }
    this.#options = options
    this.#random = new Random(options.seed)
    this.#mid = startPrice
  }

  step(): SimulatedStep {
    const { startPrice, volatility } = this.#options
    const drawn = startPrice.minus(this.#mid).times(PULL)
    const change = this.#mid.times((this.#random.normal() * volatility) / 100)
    this.#mid = Decimal.max(this.rules.priceStep.times(100), this.#price(this.#mid.plus(drawn).plus(change)))
    const count = Math.floor(this.#random.uniform() * 4)
    return {
      book: { bids: this.#levels(-1), asks: this.#levels(1) },
      trades: Array.from({ length: count }, () => this.#trade()),
    }
  }

  #levels(direction: 1 | -1): Level[] {
    return Array.from({ length: LEVELS }, (_, index) => ({
      price: this.#at(LEVEL_DISTANCE.times(index).plus(HALF_SPREAD).times(direction)),
      amount: this.#amount(LEVEL_VALUE),
    }))
  }

  #trade(): PublicTrade {
    const side = this.#random.uniform() < 0.5 ? 'BUY' : 'SELL'
    // Most trades are near the top of the book, some go deep.
    const reach = REACH * this.#random.uniform() ** 3
    const distance = HALF_SPREAD.plus(reach).times(side === 'BUY' ? 1 : -1)
    return { side, price: this.#at(distance), amount: this.#amount(TRADE_VALUE) }
  }

  #at(fraction: Decimal): Decimal {
    return this.#price(this.#mid.times(fraction.plus(1)))
  }

  #price(value: Decimal): Decimal {
    return value.toNearest(this.rules.priceStep)
  }

  #amount(value: Decimal): Decimal {
    const { amountStep } = this.rules
    return Decimal.max(
      amountStep,
      value
        .times(this.#random.uniform() + 0.05)
        .div(this.#mid)
        .toNearest(amountStep),
    )
  }
}
