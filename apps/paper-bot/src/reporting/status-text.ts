import { Decimal } from '../exchange/decimal.ts'
import { type Order, remaining } from '../exchange/order.ts'
import type { Market } from '../trading/markets.ts'
import { table } from './table.ts'

export interface StatusView {
  readonly strategy: string
  readonly market: Market
  /** The strategy's open orders. */
  readonly orders: readonly Order[]
  readonly performance: Readonly<Record<string, unknown>>
  /** Milliseconds. */
  readonly runningFor: number
  readonly now: number
}

/** The tables that Hummingbot's `status` shows. */
export function statusText(view: StatusView): string {
  const { strategy, runningFor, market, performance } = view
  return [
    '',
    `  Strategy: ${strategy}`,
    `  Running for: ${duration(runningFor)}${market.isEnded ? ' (the market data has ended)' : ''}`,
    '',
    '  Markets:',
    marketTable(market),
    '',
    '  Assets:',
    assetTable(market),
    '',
    ...orderSection(view),
    '',
    '  Performance:',
    `    Realized P&L: ${money(performance['realized_pnl_quote'])} ${market.pair.quote}`,
    `    Total P&L: ${money(performance['global_pnl_quote'])} ${market.pair.quote} (${round(performance['global_pnl_pct'])}% of the volume)`,
    `    Volume: ${money(performance['volume_traded'])} ${market.pair.quote}`,
  ].join('\n')
}

function marketTable({ exchange, pair }: Market): string {
  const top = exchange.top(pair)
  const cells = top ? [top.bid, top.ask, top.mid].map((price) => price.toFixed()) : ['-', '-', '-']
  const header = ['Exchange', 'Market', 'Best Bid', 'Best Ask', 'Mid Price']
  return table(header, [[`${exchange.name}_paper_trade`, pair.symbol, ...cells]], ['left', 'left'])
}

function assetTable({ exchange, pair }: Market): string {
  const { account } = exchange
  const mid = exchange.top(pair)?.mid ?? new Decimal(0)
  const values = [account.total(pair.base).times(mid), account.total(pair.quote)] as const
  const all = values[0].plus(values[1])
  const both = (read: (asset: string) => Decimal): string[] =>
    [pair.base, pair.quote].map((asset) => short(read(asset)))
  const percent = values.map((value) => (all.isZero() ? '0.0%' : `${value.div(all).times(100).toFixed(1)}%`))
  return table(
    ['', pair.base, pair.quote],
    [
      ['Total Balance', ...both((asset) => account.total(asset))],
      ['Available Balance', ...both((asset) => account.available(asset))],
      ['Usable (balance limit)', ...both((asset) => exchange.spendable(asset))],
      [`Current Value (${pair.quote})`, ...values.map((value) => value.toFixed(2))],
      ['Current %', ...percent],
    ],
    ['left'],
  )
}

function orderSection({ orders, market, now }: StatusView): string[] {
  if (orders.length === 0) return ['  No active maker orders.']
  const mid = market.exchange.top(market.pair)?.mid
  const rows = [...orders]
    .sort((a, b) => (b.price ?? new Decimal(0)).cmp(a.price ?? 0))
    .map((order) => [
      order.side.toLowerCase(),
      order.price?.toFixed() ?? '-',
      mid && order.price ? `${order.price.div(mid).minus(1).abs().times(100).toFixed(2)}%` : '-',
      order.amount.toFixed(),
      remaining(order).toFixed(),
      duration(now - order.createdAt),
    ])
  return ['  Orders:', table(['Type', 'Price', 'Spread', 'Amount (Orig)', 'Amount (Left)', 'Age'], rows, ['left'])]
}

function short(value: Decimal): string {
  return value.toDecimalPlaces(8, Decimal.ROUND_DOWN).toFixed()
}

function money(value: unknown): string {
  return typeof value === 'number' ? short(new Decimal(value)) : '0'
}

function round(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(3) : '0'
}

/** `00:05:30`, as ages of orders are written. */
function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000))
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}
