import { readFileSync, statSync } from 'node:fs'
import { BotbusError, messageOf } from '@botbus/core'
import { Decimal } from '../exchange/decimal.ts'
import type { MarketRules } from '../exchange/order.ts'
import type { BookSnapshot } from '../exchange/order-book.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'
import type { FeedListener, FeedSource, MarketFeed, TimedTrade } from './feed.ts'
import { readReplay } from './replay-rows.ts'

export interface ReplayOptions {
  readonly file: string
  readonly pair: TradingPair
  /** 60 plays an hour in a minute. Default 1. */
  readonly speed?: number
}

const MAX_BYTES = 200 * 1024 * 1024
const HALF_SPREAD = new Decimal('0.0005')
/** Depth of the made-up book, in trades of the size just seen. */
const DEPTH = 10
/** Longer waits are cut into pieces: timers take no more. */
const LONGEST_WAIT = 2 ** 31 - 1

/** Plays a CSV file. Every market opened plays it from its beginning. Throws `INVALID_PAYLOAD` or `INVALID_ARGUMENT`. */
export function replay({ file, pair, speed = 1 }: ReplayOptions): FeedSource {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new BotbusError('INVALID_ARGUMENT', `speed must be greater than 0, not ${speed}`)
  const trades = readReplay(readText(file), file)
  return {
    description: `replay of ${file} at speed ${speed}`,
    market: (wanted) => {
      if (wanted.symbol !== pair.symbol) {
        throw new BotbusError('INVALID_ARGUMENT', `The replayed file holds ${pair.symbol}, not ${wanted.symbol}.`)
      }
      return new ReplayFeed(trades, speed)
    },
  }
}

class ReplayFeed implements MarketFeed {
  readonly #trades: readonly TimedTrade[]
  readonly #speed: number
  #next = 0
  #timer: NodeJS.Timeout | undefined
  /** By the clock that nobody sets. */
  #startedAt = 0

  constructor(trades: readonly TimedTrade[], speed: number) {
    this.#trades = trades
    this.#speed = speed
  }

  async open(listener: FeedListener): Promise<MarketRules> {
    this.#startedAt = performance.now()
    this.#play(listener)
    return { priceStep: stepOf(this.#trades.map((trade) => trade.price)), amountStep: new Decimal('0.00000001') }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  /** Delivers what is due and sets the timer for what comes next. */
  #play(listener: FeedListener): void {
    const first = this.#trades[0]
    if (!first) return
    for (;;) {
      const trade = this.#trades[this.#next]
      if (!trade) {
        listener.ended()
        return
      }
      const wait = this.#startedAt + (trade.time - first.time) / this.#speed - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#play(listener), Math.min(wait, LONGEST_WAIT))
        return
      }
      this.#next += 1
      listener.trade(trade)
      listener.book(bookAround(trade))
    }
  }
}

/** Files hold no book: one level each side of the last price stands for it. */
function bookAround({ price, amount }: TimedTrade): BookSnapshot {
  const depth = amount.times(DEPTH)
  return {
    bids: [{ price: price.times(new Decimal(1).minus(HALF_SPREAD)), amount: depth }],
    asks: [{ price: price.times(HALF_SPREAD.plus(1)), amount: depth }],
  }
}

/** The finest step that occurs in the file. */
function stepOf(prices: readonly Decimal[]): Decimal {
  let places = 0
  for (const price of prices) places = Math.max(places, price.decimalPlaces())
  return new Decimal(10).pow(-places)
}

function readText(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > MAX_BYTES)
      throw new BotbusError('INVALID_ARGUMENT', `${file} is larger than ${MAX_BYTES / 1024 / 1024} MiB`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (BotbusError.is(error)) throw error
    throw new BotbusError('INVALID_ARGUMENT', `Cannot read ${file}: ${messageOf(error)}`, { cause: error })
  }
}
