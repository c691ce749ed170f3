import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parsePair } from '../exchange/trading-pair.ts'
import { type CcxtExchange, loadCcxtExchange } from './ccxt.ts'
import type { FeedListener } from './feed.ts'
import { live } from './live.ts'

/** Speaks as ccxt's unified API does; the network is not used. */
class FakeExchange implements CcxtExchange {
  readonly precisionMode = 4
  trades: unknown[] = []
  book: unknown = {
    bids: [
      [99, 1],
      [98.5, 2],
    ],
    asks: [[101, 1, 1_700]],
  }
  failure: Error | undefined

  async loadMarkets(): Promise<void> {}

  market(symbol: string): unknown {
    if (symbol !== 'BTC/USDT') throw new Error(`kraken does not have market symbol ${symbol}`)
    return { symbol, precision: { price: 0.1, amount: 1e-8 } }
  }

  async fetchOrderBook(): Promise<unknown> {
    if (this.failure) throw this.failure
    return this.book
  }

  async fetchTrades(): Promise<unknown> {
    return this.trades
  }
}

describe('the live feed', () => {
  const pair = parsePair('BTC-USDT')
  const signal = new AbortController().signal
  let seen: string[]
  let listener: FeedListener
  beforeEach(() => {
    vi.useFakeTimers()
    seen = []
    listener = {
      book: ({ bids, asks }) => void seen.push(`book ${bids[0]?.price}/${asks[0]?.price}`),
      trade: ({ price, amount, side }) => void seen.push(`trade ${price} ${amount} ${side}`),
      ended: () => void seen.push('ended'),
      problem: (error) => void seen.push(`problem ${error.code} ${error.message}`),
    }
  })
  afterEach(() => void vi.useRealTimers())

  const trade = (id: string, timestamp: number, price: number): unknown => ({
    id,
    timestamp,
    price,
    amount: 0.5,
    side: 'sell',
  })

  it('hands on books, and each trade that is newer than the start once', async () => {
    const exchange = new FakeExchange()
    exchange.trades = [trade('1', 1_000, 100)]
    const feed = live({ exchange: 'kraken', load: async () => exchange }).market(pair)
    const rules = await feed.open(listener, signal)
    expect([rules.priceStep.toFixed(), rules.amountStep.toFixed()]).toEqual(['0.1', '0.00000001'])
    exchange.trades = [trade('1', 1_000, 100), trade('3', 3_000, 102), trade('2', 2_000, 101)]
    await vi.advanceTimersByTimeAsync(2_000)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen).toEqual(['book 99/101', 'trade 101 0.5 SELL', 'trade 102 0.5 SELL', 'book 99/101', 'book 99/101'])
    feed.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(seen).toHaveLength(5)
  })

  it('reports a failure, slows down, and goes on', async () => {
    const exchange = new FakeExchange()
    const feed = live({ exchange: 'kraken', load: async () => exchange }).market(pair)
    await feed.open(listener, signal)
    exchange.failure = new Error('rate limit')
    await vi.advanceTimersByTimeAsync(2_000)
    exchange.failure = undefined
    await vi.advanceTimersByTimeAsync(3_999)
    expect(seen).toEqual(['book 99/101', 'problem NOT_CONNECTED rate limit'])
    await vi.advanceTimersByTimeAsync(1)
    expect(seen.at(-1)).toBe('book 99/101')
  })

  it('refuses a malformed answer', async () => {
    const exchange = new FakeExchange()
    exchange.book = { bids: [['NaN', 1]], asks: [] }
    const feed = live({ exchange: 'kraken', load: async () => exchange }).market(pair)
    await expect(feed.open(listener, signal)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' })
  })

  it('rejects when the exchange cannot be reached', async () => {
    const exchange = new FakeExchange()
    exchange.failure = new Error('no route to host')
    const feed = live({ exchange: 'kraken', load: async () => exchange }).market(pair)
    await expect(feed.open(listener, signal)).rejects.toMatchObject({
      code: 'NOT_CONNECTED',
      message: 'no route to host',
    })
  })

  it('refuses a market that the exchange does not have', async () => {
    const feed = live({ exchange: 'kraken', load: async () => new FakeExchange() }).market(parsePair('FOO-USDT'))
    await expect(feed.open(listener, signal)).rejects.toThrow(
      'Cannot open FOO/USDT: kraken does not have market symbol',
    )
  })

  it('says how to install ccxt where it is missing', async () => {
    const feed = live({ exchange: 'kraken' }).market(pair)
    await expect(feed.open(listener, signal)).rejects.toThrow('npm install ccxt')
  })
})

describe('ccxt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-ccxt-'))
  const installed = join(folder, 'node_modules', 'ccxt')
  beforeAll(() => {
    mkdirSync(installed, { recursive: true })
    writeFileSync(join(installed, 'package.json'), '{ "name": "ccxt", "main": "index.cjs" }')
    const code =
      'exports.exchanges = ["kraken"]; exports.kraken = class { constructor(options) { this.options = options } }'
    writeFileSync(join(installed, 'index.cjs'), code)
    vi.spyOn(process, 'cwd').mockReturnValue(folder)
  })
  afterAll(() => {
    vi.restoreAllMocks()
    rmSync(folder, { recursive: true })
  })

  it('is loaded from the folder where the bot runs', async () => {
    expect(await loadCcxtExchange('kraken')).toMatchObject({ options: { enableRateLimit: true } })
  })

  it.each(['mtgox', 'exchanges', 'toString'])('knows no exchange %s', async (id) => {
    await expect(loadCcxtExchange(id)).rejects.toThrow(`ccxt knows no exchange '${id}'. It knows kraken.`)
  })
})
