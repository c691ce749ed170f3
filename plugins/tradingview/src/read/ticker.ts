import type { Exchange } from './exchanges.ts'

/** A ticker taken apart. A perpetual may leave its quote out (`ETH-PERP`): it depends on the exchange. */
export interface Ticker {
  readonly base: string
  readonly quote?: string
  readonly isPerpetual: boolean
}

/** The longest of them that ends a ticker wins: `USDCUSDT` is USDC-USDT, `BTCFDUSD` is BTC-FDUSD. */
const QUOTES: readonly string[] = [
  ...['FDUSD', 'USDT', 'USDC', 'TUSD', 'USD', 'EUR', 'GBP', 'JPY', 'TRY', 'BRL', 'AUD', 'CAD', 'CHF', 'KRW'],
  ...['XBT', 'BTC', 'ETH', 'BNB', 'DAI'],
]

/** `BTCUSDT.P` (TradingView's form), `BTCUSDTPERP`, `BTCUSD_PERP`, `ETH-PERP`, `BTC-USDT-SWAP`. */
const PERPETUAL = /(?:\.P|[-_/.]?PERP|[-_]SWAP)$/

const SEPARATED = /^([A-Z0-9]{1,20})[-/_]([A-Z0-9]{2,10})$/
const TOGETHER = /^[A-Z0-9]{3,30}$/

/**
 * Takes an upper-case ticker apart: `BTCUSDT`, `BTC/USDT`, `BTC-USDT`, `BTC_USDT` and the forms of perpetuals. `XBT` is
 * BTC. `undefined` when it ends in no quote currency that is known (`AAPL`, `NQH6`, `BTCUSDTZ2026`).
 */
export function parseTicker(ticker: string, exchange: Exchange): Ticker | undefined {
  const isPerpetual = PERPETUAL.test(ticker)
  const name = isPerpetual ? ticker.replace(PERPETUAL, '') : ticker
  const [, left, right] = SEPARATED.exec(name) ?? []
  if (left !== undefined && right !== undefined) {
    return { base: asset(left), quote: asset(right), isPerpetual }
  }
  if (!TOGETHER.test(name)) return undefined
  const quote = longestQuote(name, isPerpetual || exchange.hasUsd)
  if (quote !== undefined) return { base: asset(name.slice(0, -quote.length)), quote: asset(quote), isPerpetual }
  return isPerpetual ? { base: asset(name), isPerpetual } : undefined
}

/**
 * Where markets in plain USD are (`DOTUSD`, `BATUSD.P`), none is in TUSD, and the T belongs to the base.
 */
function longestQuote(name: string, hasUsd: boolean): string | undefined {
  let longest: string | undefined
  for (const quote of QUOTES) {
    if (hasUsd && quote === 'TUSD') continue
    if (name.endsWith(quote) && name.length > quote.length && quote.length > (longest?.length ?? 0)) longest = quote
  }
  return longest
}

function asset(name: string): string {
  return name === 'XBT' ? 'BTC' : name
}
