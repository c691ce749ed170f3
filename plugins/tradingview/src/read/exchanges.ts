/** An exchange as TradingView names it, and Hummingbot's connectors for it. */
export interface Exchange {
  readonly spot?: string
  readonly perpetual?: string
  /** It has markets in plain USD, and then none in TUSD. */
  readonly hasUsd: boolean
  /** The quote of a perpetual whose ticker names none: `ETH-PERP`. Missing: such a ticker is refused. */
  readonly quote?: string
}

const BOTH = (name: string, hasUsd = false): Exchange => ({ spot: name, perpetual: `${name}_perpetual`, hasUsd })

const EXCHANGES: ReadonlyMap<string, Exchange> = new Map([
  ['ASCENDEX', { spot: 'ascend_ex', hasUsd: false }],
  ['BINANCE', BOTH('binance')],
  ['BINANCEUS', { spot: 'binance_us', hasUsd: true }],
  ['BINGX', { spot: 'bing_x', hasUsd: false }],
  ['BITGET', BOTH('bitget')],
  ['BITMART', BOTH('bitmart')],
  ['BITRUE', { spot: 'bitrue', hasUsd: false }],
  ['BITSTAMP', { spot: 'bitstamp', hasUsd: true }],
  ['BYBIT', { ...BOTH('bybit'), quote: 'USDC' }],
  ['COINBASE', { spot: 'coinbase_advanced_trade', hasUsd: true }],
  ['DYDX', { perpetual: 'dydx_v4_perpetual', hasUsd: true, quote: 'USD' }],
  ['GATE', BOTH('gate_io')],
  ['GATEIO', BOTH('gate_io')],
  ['HTX', { spot: 'htx', hasUsd: false }],
  ['HUOBI', { spot: 'htx', hasUsd: false }],
  ['HYPERLIQUID', { ...BOTH('hyperliquid', true), quote: 'USD' }],
  ['KRAKEN', { spot: 'kraken', hasUsd: true }],
  ['KUCOIN', BOTH('kucoin')],
  ['MEXC', { spot: 'mexc', hasUsd: false }],
  ['OKX', BOTH('okx')],
])

/** The exchange of an upper-case name without the suffix of delayed data. */
export function exchangeOf(name: string): Exchange | undefined {
  return EXCHANGES.get(name)
}

/** Upper case, without `_DL` and `_DLY`, which mark delayed data: `NYMEX_DL` is `NYMEX`. */
export function exchangeName(text: string): string {
  return text.toUpperCase().replace(/_DLY?$/, '')
}
