import { AlertError } from '../alert-error.ts'
import type { Market, Signal } from '../signal.ts'
import { exchangeOf } from './exchanges.ts'
import { parseTicker } from './ticker.ts'

/**
 * A route's own table: `BINANCE:BTCUSDT` or `BTCUSDT` (upper or lower case) to what the bot trades. It is asked first.
 */
export type SymbolTable = Readonly<Record<string, Market>>

const upperCased = new WeakMap<SymbolTable, ReadonlyMap<string, Market>>()

/**
 * What the bot is to trade: the route's table first (`EXCHANGE:TICKER`, then `TICKER`), then the known forms of symbols
 * and exchanges. Throws UNKNOWN_SYMBOL with the reason when the alert names no symbol or no exchange, and for all that
 * is not known: nothing is guessed, since a wrong pair is an order on a wrong market.
 */
export function resolveMarket(signal: Signal, table?: SymbolTable): Market {
  const found = findMarket(signal, table)
  if (typeof found === 'string') throw new AlertError('UNKNOWN_SYMBOL', found)
  return found
}

/** The same, with the reason as the result: most alerts need no market, and an error costs more than all the rest. */
export function findMarket(signal: Signal, table?: SymbolTable): Market | string {
  const { ticker, exchange } = signal
  if (ticker === undefined) return 'the alert names no symbol'
  const market = fromTable(ticker, exchange, table)
  if (market !== undefined) return market
  return exchange === undefined
    ? `the alert names no exchange for ${show(ticker)}; send {{exchange}}, or put the symbol into \`symbols\``
    : fromForm(ticker, exchange, pairField(signal))
}

function fromTable(ticker: string, exchange: string | undefined, table: SymbolTable | undefined): Market | undefined {
  if (table === undefined) return undefined
  let map = upperCased.get(table)
  if (map === undefined) {
    map = new Map(Object.entries(table).map(([symbol, market]) => [symbol.toUpperCase(), market]))
    upperCased.set(table, map)
  }
  return (exchange === undefined ? undefined : map.get(`${exchange}:${ticker}`)) ?? map.get(ticker)
}

function fromForm(ticker: string, exchange: string, pair: string | undefined): Market | string {
  const known = exchangeOf(exchange)
  if (known === undefined) return `${show(exchange)} is no exchange that is known; put ${show(ticker)} into \`symbols\``
  const form = parseTicker(ticker, known)
  const given = pair === undefined ? undefined : parseTicker(pair, known)
  const isPerpetual = (form?.isPerpetual ?? false) || (given?.isPerpetual ?? false)
  const base = given?.base ?? form?.base
  const quote = given?.quote ?? form?.quote ?? (isPerpetual ? known.quote : undefined)
  if (base === undefined || quote === undefined) {
    return `${show(ticker)} names no quote currency that is known; put it into \`symbols\``
  }
  const connector = isPerpetual ? known.perpetual : known.spot
  if (connector === undefined) {
    return `there is no connector for ${isPerpetual ? 'perpetuals' : 'spot'} of ${show(exchange)}`
  }
  return { connector, pair: `${base}-${quote}` }
}

/**
 * `{{syminfo.basecurrency}}-{{syminfo.currency}}` beside the ticker: it tells base and quote without cutting anything.
 */
function pairField(signal: Signal): string | undefined {
  const pair = signal.fields['pair']
  if (typeof pair !== 'string') return undefined
  const text = pair.trim().toUpperCase()
  return text !== signal.ticker && /^[A-Z0-9]+[-/][A-Z0-9]+$/.test(text) ? text : undefined
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}
