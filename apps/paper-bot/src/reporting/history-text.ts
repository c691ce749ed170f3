import { Decimal, sum } from '../exchange/decimal.ts'
import { table } from './table.ts'
import type { TradeRecord } from './trade-history.ts'

/** Trades as a table with a summary of each market. `precision` is the number of digits after the point. */
export function historyText(trades: readonly TradeRecord[], precision: number | null): string {
  if (trades.length === 0) return '\n  No past trades to report.'
  const number = (value: Decimal | string): string => format(new Decimal(value), precision)
  const rows = trades.map((trade) => [
    new Date(trade.trade_timestamp * 1_000).toISOString().slice(0, 19).replace('T', ' '),
    trade.market,
    trade.symbol,
    trade.trade_type,
    number(trade.price),
    number(trade.quantity),
    number(new Decimal(trade.price).times(trade.quantity)),
    trade.trade_id,
  ])
  const header = ['Time (UTC)', 'Exchange', 'Market', 'Side', 'Price', 'Amount', 'Value', 'Trade id']
  const trailer = summaries(trades).map(
    ({ name, bought, sold, cashFlow, quote }) =>
      `    ${name}: bought ${number(bought)}, sold ${number(sold)}, cash flow before fees ${number(cashFlow)} ${quote}`,
  )
  return ['', '  Trades:', table(header, rows, ['left', 'left', 'left', 'left']), '', '  Summary:', ...trailer].join(
    '\n',
  )
}

interface Summary {
  readonly name: string
  readonly quote: string
  readonly bought: Decimal
  readonly sold: Decimal
  readonly cashFlow: Decimal
}

function summaries(trades: readonly TradeRecord[]): Summary[] {
  const markets = new Map<string, TradeRecord[]>()
  for (const trade of trades) {
    const name = `${trade.market} / ${trade.symbol}`
    markets.set(name, [...(markets.get(name) ?? []), trade])
  }
  return [...markets].map(([name, own]) => {
    const buys = own.filter((trade) => trade.trade_type === 'BUY')
    const sells = own.filter((trade) => trade.trade_type === 'SELL')
    const value = (each: TradeRecord): Decimal => new Decimal(each.price).times(each.quantity)
    return {
      name,
      quote: own[0]?.quote_asset ?? '',
      bought: sum(buys.map((trade) => new Decimal(trade.quantity))),
      sold: sum(sells.map((trade) => new Decimal(trade.quantity))),
      cashFlow: sum(sells.map(value)).minus(sum(buys.map(value))),
    }
  })
}

function format(value: Decimal, precision: number | null): string {
  return precision === null ? value.toDecimalPlaces(8).toFixed() : value.toFixed(precision)
}
