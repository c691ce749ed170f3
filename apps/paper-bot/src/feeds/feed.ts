import type { BotbusError } from '@botbus/core'
import type { MarketRules } from '../exchange/order.ts'
import type { BookSnapshot } from '../exchange/order-book.ts'
import type { PublicTrade } from '../exchange/paper-exchange.ts'
import type { TradingPair } from '../exchange/trading-pair.ts'

/** A public trade of a recorded or real market. */
export interface TimedTrade extends PublicTrade {
  /** Milliseconds since 1970. */
  readonly time: number
}

export interface FeedListener {
  book(snapshot: BookSnapshot): void
  trade(trade: PublicTrade): void
  /** Nothing more will come; the last book stands. */
  ended(): void
  /** Something failed, and the feed goes on trying. */
  problem(error: BotbusError): void
}

/** The public data of one market. */
export interface MarketFeed {
  /**
   * Begins to deliver. Resolves after the first book, with what prices and amounts are multiples of.
   * Rejects with a `BotbusError` when the market does not exist or cannot be reached. Called once.
   */
  open(listener: FeedListener, signal: AbortSignal): Promise<MarketRules>
  /** Delivers nothing more. Idempotent. */
  close(): void
}

/** Where markets come from. */
export interface FeedSource {
  /** For people: `simulated (seed 1)`. */
  readonly description: string
  /** Name of the exchange that the data comes from, where there is one. */
  readonly exchange?: string
  /** Throws `INVALID_ARGUMENT` for a market that it does not have. */
  market(pair: TradingPair): MarketFeed
}
