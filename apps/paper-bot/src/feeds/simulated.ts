import { Decimal } from '../exchange/decimal.ts'
import type { MarketRules } from '../exchange/order.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'
import type { FeedListener, FeedSource, MarketFeed } from './feed.ts'
import { SimulatedMarket, type SimulatedStep } from './simulated-market.ts'

export interface SimulatedOptions {
  /** One seed and pair give one series. Default `1`. */
  readonly seed?: string
  /** Default: about what the base asset costs. */
  readonly startPrice?: string
  /** Milliseconds between two steps. Default 500. */
  readonly interval?: number
  /** Percent of the price per step. Default 0.05. */
  readonly volatility?: number
}

const START_PRICES: Readonly<Record<string, string>> = {
  BTC: '60000',
  ETH: '3000',
  SOL: '150',
  BNB: '600',
  XRP: '0.6',
  DOGE: '0.12',
}

export function simulated(options: SimulatedOptions = {}): FeedSource {
  const { seed = '1', interval = 500, volatility = 0.05 } = options
  return {
    description: `simulated (seed ${seed})`,
    market: (pair) => {
      const startPrice = new Decimal(options.startPrice ?? startPriceOf(pair))
      return new SimulatedFeed(
        new SimulatedMarket({ seed: `${seed}/${pair.symbol}`, startPrice, volatility }),
        interval,
      )
    },
  }
}

class SimulatedFeed implements MarketFeed {
  readonly #market: SimulatedMarket
  readonly #interval: number
  #timer: NodeJS.Timeout | undefined

  constructor(market: SimulatedMarket, interval: number) {
    this.#market = market
    this.#interval = interval
  }

  async open(listener: FeedListener): Promise<MarketRules> {
    deliver(this.#market.step(), listener)
    this.#timer = setInterval(() => deliver(this.#market.step(), listener), this.#interval)
    return this.#market.rules
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

function deliver(step: SimulatedStep, listener: FeedListener): void {
  listener.book(step.book)
  for (const trade of step.trades) listener.trade(trade)
}

function startPriceOf(pair: TradingPair): string {
  return START_PRICES[pair.base] ?? (pair.quote === 'USDT' || pair.quote === 'USDC' ? '100' : '1')
}
