import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BotbusError } from '@botbus/core'
import { z } from 'zod'
import { Decimal } from '../exchange/decimal.ts'
import type { MarketRules } from '../exchange/order.ts'
import type { BookSnapshot } from '../exchange/order-book.ts'
import type { TimedTrade } from './feed.ts'

/** The part of a ccxt exchange that is used here. What it returns is checked by the readers below. */
export interface CcxtExchange {
  readonly precisionMode?: number
  loadMarkets(): Promise<unknown>
  market(symbol: string): unknown
  fetchOrderBook(symbol: string, limit?: number): Promise<unknown>
  fetchTrades(symbol: string, since?: number, limit?: number): Promise<unknown>
}

const DECIMAL_PLACES = 2
const decimal = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?(e[+-]?\d+)?$/i)])
  .transform((value) => new Decimal(value))
const level = z
  .tuple([decimal, decimal])
  .rest(z.unknown())
  .transform(([price, amount]) => ({ price, amount }))
const orderBook = z.object({ bids: z.array(level), asks: z.array(level) })
const trades = z.array(
  z.object({
    id: z.string().nullish(),
    timestamp: z.number(),
    price: decimal,
    amount: decimal,
    side: z.enum(['buy', 'sell']).nullish(),
  }),
)
const market = z.object({ precision: z.object({ price: decimal.nullish(), amount: decimal.nullish() }) })

export interface LiveTrade extends TimedTrade {
  readonly id: string
}

export function readOrderBook(value: unknown): BookSnapshot {
  const { bids, asks } = read(orderBook, value, 'order book')
  return { bids: bids.sort((a, b) => b.price.cmp(a.price)), asks: asks.sort((a, b) => a.price.cmp(b.price)) }
}

export function readTrades(value: unknown): LiveTrade[] {
  return read(trades, value, 'trades').map(({ id, timestamp, price, amount, side }) => ({
    id: id ?? `${timestamp}/${price}/${amount}/${side}`,
    time: timestamp,
    price,
    amount,
    ...(side ? { side: side === 'buy' ? ('BUY' as const) : ('SELL' as const) } : {}),
  }))
}

export function readRules(value: unknown, precisionMode: number | undefined): MarketRules {
  const { precision } = read(market, value, 'market')
  const step = (given: Decimal | null | undefined): Decimal => {
    if (!given || (given.isZero() && precisionMode !== DECIMAL_PLACES)) return new Decimal('0.00000001')
    return precisionMode === DECIMAL_PLACES ? new Decimal(10).pow(given.neg()) : given
  }
  return { priceStep: step(precision.price), amountStep: step(precision.amount) }
}

/** Loads ccxt, which is not installed with this package, and makes one exchange. */
export async function loadCcxtExchange(id: string): Promise<CcxtExchange> {
  const ccxt = await importCcxt()
  const Exchange = ccxt[id]
  if (!ccxt.exchanges.includes(id) || typeof Exchange !== 'function') {
    throw new BotbusError('INVALID_ARGUMENT', `ccxt knows no exchange '${id}'. It knows ${ccxt.exchanges.join(', ')}.`)
  }
  return Reflect.construct(Exchange, [{ enableRateLimit: true }]) as CcxtExchange
}

type Ccxt = { exchanges: string[] } & Record<string, unknown>

/** From where the bot is run, or from beside this package: it may be installed in either place. */
async function importCcxt(): Promise<Ccxt> {
  for (const base of [join(process.cwd(), 'package.json'), import.meta.url]) {
    const file = resolveFrom(base)
    if (file === undefined) continue
    const loaded = (await import(pathToFileURL(file).href)) as { default: Ccxt }
    return loaded.default
  }
  const message = 'The live feed needs ccxt, which is installed apart because of its size. Run "npm install ccxt" here.'
  throw new BotbusError('UNSUPPORTED', message)
}

function resolveFrom(base: string): string | undefined {
  try {
    return createRequire(base).resolve('ccxt')
  } catch {
    // Not installed there.
    return undefined
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new BotbusError('INVALID_PAYLOAD', `The exchange sent a malformed ${what}: ${z.prettifyError(result.error)}`)
}
