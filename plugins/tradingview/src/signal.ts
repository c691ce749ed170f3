import type { JsonObject } from '@botbus/plugin'

/** One alert of a body, as it was written: names and values, numbers as the decimal text that was received. */
export interface Fields {
  /** Which dialect it was read as: `json`, `key-value`, `csv`, `pipes`, `regex`. */
  readonly dialect: string
  /** Own keys only, no `__proto__`. The secret is still among them. */
  readonly values: JsonObject
}

/**
 * What the alert wants, whatever words it used. `open` begins or enlarges a position, `reduce` makes it smaller, `close` ends
 * that of the named side, `flat` ends whatever there is, `reverse` ends one and opens the other.
 */
export interface Intent {
  readonly kind: 'open' | 'close' | 'reverse' | 'reduce' | 'flat'
  /** The side of the order that does it; unknown for `flat` without positions. */
  readonly order?: 'buy' | 'sell'
  /** The position afterwards (`open`, `reverse`), or the one that is ended or made smaller. */
  readonly position?: 'long' | 'short'
}

/** A positive decimal, as text: money is never a float. */
export interface Amount {
  readonly value: string
  readonly unit: 'base' | 'quote' | 'percent' | 'contracts'
}

/** What a bot trades: Hummingbot's names of connector and pair. */
export interface Market {
  /** `binance`, `binance_perpetual`. */
  readonly connector: string
  /** `BTC-USDT` */
  readonly pair: string
}

/** An alert in one shape, whoever invented its format. What the alert does not say is missing. */
export interface Signal {
  /** The format it was read by: `generic`, `traderspost`, `3commas`, ... */
  readonly format: string
  /** The fields, the secret taken out. */
  readonly fields: JsonObject
  /** What the sender calls this alert; the same id twice is the same alert. */
  readonly id?: string
  /** Milliseconds since 1970. */
  readonly time?: number
  /** Upper case, as TradingView names it: `BTCUSDT.P`. */
  readonly ticker?: string
  /** Upper case, without the suffix of delayed data: `BINANCE`. */
  readonly exchange?: string
  readonly market?: Market
  readonly intent?: Intent
  readonly amount?: Amount
  /** Positive decimals, as text. */
  readonly price?: string
  readonly stopLoss?: string
  readonly takeProfit?: string
  readonly interval?: string
  readonly comment?: string
  /** Start or stop a bot, where the format has words for that. */
  readonly botAction?: 'start' | 'stop'
}
