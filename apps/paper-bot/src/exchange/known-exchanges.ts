import { BotbusError } from '@botbus/core'

/** Exchanges that may be imitated. The name is a label: it decides neither fees nor prices. */
const KNOWN: ReadonlySet<string> = new Set([
  'ascend_ex',
  'binance',
  'binance_us',
  'bing_x',
  'bitget',
  'bitmart',
  'bitrue',
  'bitstamp',
  'btc_markets',
  'bybit',
  'coinbase',
  'coinbase_advanced_trade',
  'cube',
  'dexalot',
  'foxbit',
  'gate_io',
  'hitbtc',
  'htx',
  'hyperliquid',
  'kraken',
  'kucoin',
  'mexc',
  'ndax',
  'okx',
  'paper_exchange',
  'vertex',
  'xrpl',
])

/** Reads the name of an exchange; `binance_paper_trade` is `binance`. Throws `INVALID_ARGUMENT`. */
export function parseExchange(text: string, alsoKnown?: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/_paper_trade$/, '')
  if (KNOWN.has(name) || name === alsoKnown) return name
  throw new BotbusError('INVALID_ARGUMENT', `Invalid exchange: '${text}'. Known are ${[...KNOWN].join(', ')}.`)
}
