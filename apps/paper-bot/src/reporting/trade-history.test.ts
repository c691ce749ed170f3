import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { BTC, book, d, makeExchange } from '../../test/harness.ts'
import type { Fill } from '../exchange/order.ts'
import { TradeHistory } from './trade-history.ts'

const folder = mkdtempSync(join(tmpdir(), 'botbus-trades-'))
afterAll(() => rmSync(folder, { recursive: true }))

function makeFill(): Fill {
  const { exchange, events } = makeExchange({ USDT: 1_000 })
  exchange.onBook(BTC, book(99, 101))
  exchange.place({ pair: BTC, side: 'BUY', type: 'MARKET', amount: d('0.5'), owner: 'test' })
  const fill = events.find((event) => event.type === 'filled')?.fill
  if (!fill) throw new Error('no fill')
  return fill
}

describe('TradeHistory', () => {
  it('answers no more than fits into one message', () => {
    const history = new TradeHistory()
    const fill = makeFill()
    for (let count = 0; count < 5_400; count += 1) history.add(fill)
    const trades = history.since(0, 0)
    expect(trades).toHaveLength(5_000)
    expect(JSON.stringify(trades).length).toBeLessThan(3 * 1024 * 1024)
  })

  it('keeps trades in the shape of the history command', () => {
    const history = new TradeHistory()
    history.add(makeFill())
    expect(history.since(0, 0)).toEqual([
      {
        market: 'binance',
        trade_id: '2',
        price: '101',
        quantity: '0.5',
        symbol: 'BTC-USDT',
        trade_timestamp: 1,
        trade_type: 'BUY',
        base_asset: 'BTC',
        quote_asset: 'USDT',
        raw_json: {
          order_id: 'B-BTC-USDT-1',
          order_type: 'MARKET',
          strategy: 'test',
          role: 'taker',
          trade_fee: { fee_type: 'AddedToCost', percent: '0.002', percent_token: null, flat_fees: [] },
          fee_paid: { token: 'USDT', amount: '0.101' },
        },
      },
    ])
  })

  it('reads what an earlier run wrote, and leaves out a line that a crash cut off', () => {
    const file = join(folder, 'deep', 'trades.jsonl')
    new TradeHistory(file).add(makeFill())
    appendFileSync(file, '{"market":"bin')
    const warnings: string[] = []
    const history = new TradeHistory(file, (message) => warnings.push(message))
    history.add(makeFill())
    expect(warnings).toEqual([`${file}, line 2 is no trade and was left out`])
    expect(history.since(0, 0)).toHaveLength(2)
    expect(new TradeHistory(file).since(0, 0)).toHaveLength(2)
  })

  it('refuses lines of another shape', () => {
    const file = join(folder, 'other.jsonl')
    writeFileSync(file, '{"price":"1"}\n')
    const warnings: string[] = []
    expect(new TradeHistory(file, (message) => warnings.push(message)).since(0, 0)).toEqual([])
    expect(warnings).toHaveLength(1)
    expect(readFileSync(file, 'utf8')).toBe('{"price":"1"}\n')
  })
})
