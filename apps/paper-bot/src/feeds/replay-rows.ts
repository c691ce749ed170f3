import { BotbusError, messageOf } from '@botbus/core'
import { parse } from 'csv-parse/sync'
import { Decimal, MAX_PLACES } from '../exchange/decimal.ts'
import type { TimedTrade } from './feed.ts'

interface Row {
  readonly line: number
  readonly record: Readonly<Record<string, string>>
}

/** Characters of a row: one that is longer, or has millions of columns, is none of ours. */
const MAX_ROW = 10_000

const TRADE_COLUMNS = ['timestamp', 'price', 'amount'] as const
const CANDLE_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const

/**
 * Reads trades (`timestamp,price,amount[,side]`) or candles (`timestamp,open,high,low,close,volume`), oldest first. A candle becomes
 * four trades. Throws `INVALID_PAYLOAD` with the line of what is wrong.
 */
export function readReplay(text: string, file: string): TimedTrade[] {
  const rows = readRows(text, file)
  const first = rows[0]
  if (!first) throw new BotbusError('INVALID_PAYLOAD', `${file} holds no rows below the header`)
  const has = (columns: readonly string[]): boolean => columns.every((column) => column in first.record)
  const isCandles = has(CANDLE_COLUMNS)
  if (!isCandles && !has(TRADE_COLUMNS)) {
    const message = `expected the columns ${TRADE_COLUMNS.join(',')}[,side] or ${CANDLE_COLUMNS.join(',')}`
    throw at(file, 1, `${message}, found ${Object.keys(first.record).join(',')}`)
  }
  const times = rows.map((row) => readTime(file, row))
  rows.forEach((row, index) => {
    if (index > 0 && (times[index] ?? 0) < (times[index - 1] ?? 0))
      throw at(file, row.line, 'timestamp is before that of the row above')
  })
  const trades = rows.flatMap((row, index) => {
    const time = times[index] ?? 0
    return isCandles ? readCandle(file, row, time, candleLength(times, index)) : [readTrade(file, row, time)]
  })
  if (trades.length === 0) throw new BotbusError('INVALID_PAYLOAD', `${file} holds no volume to trade`)
  return trades
}

function readRows(text: string, file: string): Row[] {
  try {
    const rows = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      info: true,
      max_record_size: MAX_ROW,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[]
    return rows.map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    throw new BotbusError('INVALID_PAYLOAD', `${file}: ${messageOf(error)}`, { cause: error })
  }
}

function readTrade(file: string, row: Row, time: number): TimedTrade {
  const side = row.record['side']?.toUpperCase()
  if (side && side !== 'BUY' && side !== 'SELL')
    throw at(file, row.line, `side must be buy or sell, found '${row.record['side']}'`)
  const trade = { time, price: readNumber(file, row, 'price'), amount: readNumber(file, row, 'amount') }
  return side === 'BUY' || side === 'SELL' ? { ...trade, side } : trade
}

/** Open, the nearer of high and low, the other one, close: a quarter of the volume each. */
function readCandle(file: string, row: Row, time: number, length: number): TimedTrade[] {
  const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map((column) =>
    readNumber(file, row, column),
  ) as [Decimal, Decimal, Decimal, Decimal]
  if (high.lt(Decimal.max(open, close, low)) || low.gt(Decimal.min(open, close))) {
    throw at(file, row.line, 'high must be the highest and low the lowest price of the candle')
  }
  const volume = readNumber(file, row, 'volume', true)
  if (volume.isZero()) return []
  const path = close.gte(open) ? [open, low, high, close] : [open, high, low, close]
  return path.map((price, index) => ({ time: time + Math.floor((length * index) / 4), price, amount: volume.div(4) }))
}

function candleLength(times: readonly number[], index: number): number {
  const [from, to] = index + 1 < times.length ? [times[index], times[index + 1]] : [times[index - 1], times[index]]
  return from === undefined || to === undefined ? 0 : to - from
}

function readTime(file: string, { line, record }: Row): number {
  const text = record['timestamp'] ?? ''
  // Seconds until the year 5138, milliseconds from 1973 on.
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) >= 1e11 ? Number(text) : Number(text) * 1_000)
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw at(file, line, `timestamp must be seconds, milliseconds or ISO 8601, found '${text}'`)
  return time
}

function readNumber(file: string, { line, record }: Row, column: string, mayBeZero = false): Decimal {
  const text = record[column] ?? ''
  if (!/^(\d{1,24}\.?\d{0,18}|\.\d{1,18})(e[+-]?\d{1,2})?$/i.test(text))
    throw at(file, line, `${column} must be a positive number, found '${text}'`)
  const value = new Decimal(text)
  if (value.decimalPlaces() > MAX_PLACES || value.gte(1e24)) {
    throw at(
      file,
      line,
      `${column} must be below 10^24 with at most ${MAX_PLACES} digits after the point, found '${text}'`,
    )
  }
  if (value.isZero() && !mayBeZero) throw at(file, line, `${column} must be greater than 0`)
  return value
}

function at(file: string, line: number, message: string): BotbusError {
  return new BotbusError('INVALID_PAYLOAD', `${file}, line ${line}: ${message}`)
}
