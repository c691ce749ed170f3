import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BotbusError, messageOf } from '@botbus/core'
import { z } from 'zod'
import type { Fill } from '../exchange/order.ts'
import { tradeFee } from './events.ts'

/** A fill as `history` answers it. Prices and quantities are decimal text. */
export interface TradeRecord {
  readonly market: string
  readonly trade_id: string
  readonly price: string
  readonly quantity: string
  readonly symbol: string
  /** Seconds since 1970. */
  readonly trade_timestamp: number
  readonly trade_type: 'BUY' | 'SELL'
  readonly base_asset: string
  readonly quote_asset: string
  readonly raw_json: Readonly<Record<string, unknown>>
}

const decimalText = z.string().regex(/^\d+(\.\d+)?$/)
const record: z.ZodType<TradeRecord> = z.object({
  market: z.string(),
  trade_id: z.string(),
  price: decimalText,
  quantity: decimalText,
  symbol: z.string(),
  trade_timestamp: z.number(),
  trade_type: z.enum(['BUY', 'SELL']),
  base_asset: z.string(),
  quote_asset: z.string(),
  raw_json: z.record(z.string(), z.unknown()),
})

/** So many of the newest trades are kept in memory and answered: they fit into one message. The file keeps all. */
const HISTORY_CAPACITY = 5_000

/** All fills, newest last; with a file, those of earlier runs too. */
export class TradeHistory {
  readonly #file: string | undefined
  #trades: TradeRecord[] = []

  /** Lines that cannot be read, such as one that a crash cut off, are told to `warn` and left out. Throws `INVALID_ARGUMENT`. */
  constructor(file?: string, warn: (message: string) => void = () => undefined) {
    this.#file = file
    if (file === undefined) return
    mkdirSync(dirname(file), { recursive: true })
    const text = readText(file)
    // A crash may have cut off the last line: what is added must not become part of it.
    if (text && !text.endsWith('\n')) appendFileSync(file, '\n')
    text.split('\n').forEach((line, index) => {
      const trade = line ? readTrade(line) : undefined
      if (trade) this.#remember(trade)
      else if (line) warn(`${file}, line ${index + 1} is no trade and was left out`)
    })
  }

  /** Throws when the file cannot be written; the trade is remembered all the same. */
  add(fill: Fill): void {
    const trade = toRecord(fill)
    this.#remember(trade)
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(trade)}\n`)
  }

  /** Of the last `days` days; 0 is everything. */
  since(days: number, now: number): TradeRecord[] {
    const from = days > 0 ? now / 1_000 - days * 86_400 : 0
    return this.#trades.slice(-HISTORY_CAPACITY).filter((trade) => trade.trade_timestamp >= from)
  }

  #remember(trade: TradeRecord): void {
    this.#trades.push(trade)
    if (this.#trades.length > HISTORY_CAPACITY * 1.1) this.#trades = this.#trades.slice(-HISTORY_CAPACITY)
  }
}

function toRecord(fill: Fill): TradeRecord {
  const { order } = fill
  return {
    market: order.exchange,
    trade_id: fill.tradeId,
    price: fill.price.toFixed(),
    quantity: fill.amount.toFixed(),
    symbol: order.pair.symbol,
    trade_timestamp: Math.floor(fill.time / 1_000),
    trade_type: order.side,
    base_asset: order.pair.base,
    quote_asset: order.pair.quote,
    raw_json: {
      order_id: order.id,
      order_type: order.type,
      strategy: order.owner,
      role: fill.role,
      trade_fee: tradeFee(fill),
      fee_paid: { token: order.pair.quote, amount: fill.fee.toFixed() },
    },
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ''
    throw new BotbusError('INVALID_ARGUMENT', `Cannot read ${file}: ${messageOf(cause)}`, { cause })
  }
}

function readTrade(line: string): TradeRecord | undefined {
  try {
    return record.safeParse(JSON.parse(line)).data
  } catch {
    // Not JSON: the caller tells it.
    return undefined
  }
}
