import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parsePair } from '../exchange/trading-pair.ts'
import type { FeedListener } from './feed.ts'
import { replay } from './replay.ts'
import { readReplay } from './replay-rows.ts'

const TRADES = 'timestamp,price,amount,side\n1700000000,100.5,2,buy\n1700000010,101.25,0.5,sell\n1700000030,99,1,\n'
const folder = mkdtempSync(join(tmpdir(), 'botbus-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('readReplay', () => {
  it('reads trades', () => {
    expect(
      readReplay(TRADES, 'x.csv').map(({ time, price, amount, side }) => [
        time,
        price.toFixed(),
        amount.toFixed(),
        side,
      ]),
    ).toEqual([
      [1_700_000_000_000, '100.5', '2', 'BUY'],
      [1_700_000_010_000, '101.25', '0.5', 'SELL'],
      [1_700_000_030_000, '99', '1', undefined],
    ])
  })

  it('makes four trades of a candle: its way through low and high, a quarter of the volume each', () => {
    const csv = 'Timestamp,Open,High,Low,Close,Volume\n1700000000000,10,12,9,11,4\n2023-11-14T22:14:20Z,11,11,8,8.5,2\n'
    expect(
      readReplay(csv, 'x.csv').map(({ time, price, amount }) => [
        time - 1_700_000_000_000,
        price.toFixed(),
        amount.toFixed(),
      ]),
    ).toEqual([
      [0, '10', '1'],
      [15_000, '9', '1'],
      [30_000, '12', '1'],
      [45_000, '11', '1'],
      [60_000, '11', '0.5'],
      [75_000, '11', '0.5'],
      [90_000, '8', '0.5'],
      [105_000, '8.5', '0.5'],
    ])
  })

  it.each([
    ['a wrong price', '1700000000,abc,2\n', "line 2: price must be a positive number, found 'abc'"],
    ['a negative amount', '1700000000,1,2\n1700000001,1,-2\n', "line 3: amount must be a positive number, found '-2'"],
    ['a price of 0', '1700000000,0,2\n', 'line 2: price must be greater than 0'],
    [
      'more digits than amounts have',
      '1700000000,1,1e-19\n',
      'line 2: amount must be below 10^24 with at most 18 digits',
    ],
    ['a price beyond all reason', '1700000000,1e24,2\n', 'line 2: price must be below 10^24'],
    [
      'a wrong time',
      'yesterday,1,2\n',
      "line 2: timestamp must be seconds, milliseconds or ISO 8601, found 'yesterday'",
    ],
    ['times that go back', '1700000001,1,2\n\n1700000000,1,2\n', 'line 4: timestamp is before that of the row above'],
  ])('names the line of %s', (_, rows, message) => {
    expect(() => readReplay(`timestamp,price,amount\n${rows}`, 'x.csv')).toThrow(message)
  })

  it.each([
    ['no rows', 'timestamp,price,amount\n', 'no rows'],
    ['other columns', 'time,price\n1,2\n', 'expected the columns timestamp,price,amount[,side] or timestamp,open'],
    ['a row without an end', `timestamp,price,amount\n1700000000,${'1'.repeat(20_000)},2\n`, 'exceed'],
    ['columns without an end', 'c,'.repeat(20_000), 'exceed'],
    ['a row that is too long', 'timestamp,price,amount\n1700000000,1,2,3,4\n', 'line 2'],
    [
      'a candle whose high is not the highest',
      'timestamp,open,high,low,close,volume\n1700000000,10,9,8,9,1\n',
      'line 2: high must be',
    ],
    ['no volume at all', 'timestamp,open,high,low,close,volume\n1700000000,10,11,8,9,0\n', 'no volume'],
  ])('refuses a file with %s', (_, text, message) => {
    expect(() => readReplay(text, 'x.csv')).toThrow(message)
  })
})

describe('the replay feed', () => {
  const file = join(folder, 'trades.csv')
  beforeEach(() => {
    vi.useFakeTimers()
    writeFileSync(file, TRADES)
  })
  afterEach(() => void vi.useRealTimers())

  it('plays at its speed, with a book around each price, and says when it ends', async () => {
    const seen: string[] = []
    const listener: FeedListener = {
      book: ({ bids, asks }) => void seen.push(`${bids[0]?.price.toFixed()}/${asks[0]?.price.toFixed()}`),
      trade: ({ price }) => void seen.push(price.toFixed()),
      ended: () => void seen.push('end'),
      problem: () => undefined,
    }
    const pair = parsePair('BTC-USDT')
    const rules = await replay({ file, pair, speed: 10 }).market(pair).open(listener, new AbortController().signal)
    expect(rules.priceStep.toFixed()).toBe('0.01')
    expect(seen).toEqual(['100.5', '100.44975/100.55025'])
    vi.setSystemTime(Date.now() - 3_600_000) // a clock that is set back stops nothing
    vi.advanceTimersByTime(999)
    expect(seen).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(seen).toHaveLength(4)
    vi.advanceTimersByTime(2_000)
    expect(seen.at(-1)).toBe('end')
  })

  it('has one market only', () => {
    const source = replay({ file, pair: parsePair('BTC-USDT') })
    expect(() => source.market(parsePair('ETH-USDT'))).toThrow('The replayed file holds BTC-USDT, not ETH-USDT.')
  })

  it('says which file it cannot read', () => {
    const missing = join(folder, 'missing.csv')
    expect(() => replay({ file: missing, pair: parsePair('BTC-USDT') })).toThrow(`Cannot read ${missing}`)
  })
})
