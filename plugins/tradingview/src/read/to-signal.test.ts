import type { JsonObject } from '@botbus/plugin'
import { describe, expect, it } from 'vitest'
import type { Fields, Signal } from '../signal.ts'
import { checkFresh } from './check-fresh.ts'
import { assertNoPlaceholders } from './placeholders.ts'
import { secretsIn } from './secret-of.ts'
import { toSignal } from './to-signal.ts'

const fields = (values: JsonObject): Fields => ({ dialect: 'json', values })
const signal = (values: JsonObject, format: Parameters<typeof toSignal>[1]['format'] = 'generic'): Signal =>
  toSignal(fields(values), { format })
const invalid = (reason: string): object =>
  expect.objectContaining({ code: 'INVALID_FIELD', message: expect.stringContaining(reason) })

describe('toSignal', () => {
  it('finds fields under any spelling, outside before inside', () => {
    for (const name of [
      'order_action',
      'orderAction',
      'ORDER-ACTION',
      'strategy.order.action',
      'strategy-order-action',
    ]) {
      expect(signal({ [name]: 'buy' }).intent?.order).toBe('buy')
    }
    expect(signal({ strategy: { order_action: 'sell' } }).intent?.order).toBe('sell')
    expect(signal({ data: { ticker: 'A' }, ticker: 'B' }).ticker).toBe('B')
  })

  it('reads the well-known form with strategy and bar', () => {
    const values = {
      passphrase: 'p',
      time: '2026-02-18T14:30:00Z',
      exchange: 'BINANCE',
      ticker: 'ETHUSDT',
      bar: { time: '2026-02-18T14:00:00Z', open: '1', volume: '999' },
      strategy: {
        position_size: '1',
        order_action: 'buy',
        order_contracts: '1',
        order_price: '2900',
        order_id: 'Long',
        market_position: 'long',
        market_position_size: '1',
        prev_market_position: 'flat',
        prev_market_position_size: '0',
      },
    }
    const { fields: rest, ...found } = signal(values)
    expect(found).toEqual({
      format: 'generic',
      time: Date.UTC(2026, 1, 18, 14, 30),
      ticker: 'ETHUSDT',
      exchange: 'BINANCE',
      market: { connector: 'binance', pair: 'ETH-USDT' },
      intent: { kind: 'open', order: 'buy', position: 'long' },
      amount: { value: '1', unit: 'contracts' },
      price: '2900',
    })
    expect(rest).toEqual({ ...values, passphrase: undefined })
  })

  it('refuses two spellings of a name that differ', () => {
    expect(() => signal({ ticker: 'BTCUSDT', Ticker: 'ETHUSDT' })).toThrow(invalid('Ticker'))
    expect(signal({ ticker: 'BTCUSDT', Ticker: 'BTCUSDT' }).ticker).toBe('BTCUSDT')
  })

  it('refuses two exchanges', () => {
    expect(() => signal({ ticker: 'BINANCE:BTCUSDT', exchange: 'KRAKEN' })).toThrow(invalid('BINANCE'))
    expect(signal({ ticker: 'BINANCE:BTCUSDT', exchange: 'binance_dl' }).exchange).toBe('BINANCE')
  })

  it.each([
    [{ action: 'buy', side: 'short' }, 'contradict'],
    [{ action: 'close', side: 'sell' }, 'contradict'],
    [{ action: 'buy', market_position: 'flat', prev_market_position: 'long' }, 'flat'],
    [{ market_position: 'long', market_position_size: '0' }, 'long'],
    [{ market_position: 'flat', market_position_size: '1' }, 'flat'],
    [{ market_position: 'long', position_size: '-1' }, 'long'],
    [{ market_position: 'sideways' }, 'sideways'],
    [{ market_position: 'long', market_position_size: 'NaN' }, 'NaN'],
    [{ action: 'buy', quantity: '1e' }, 'quantity'],
  ])('refuses %j', (values, reason) => {
    expect(() => signal(values)).toThrow(invalid(reason))
  })

  it('reads no order id of the script as the id of an alert', () => {
    expect(signal({ order_id: 'Long', strategy: { order_id: 'Long' } }).id).toBeUndefined()
    expect(signal({ order: { id: 'Long' }, alert_id: '7' }).id).toBe('7')
    expect(signal({ id: 'Long' }, 'okx').id).toBeUndefined()
  })

  it('reads an alert by the format that the route names, not by the one it looks like', () => {
    const values = {
      signalToken: 't',
      instrument: 'BTC-USDT-SWAP',
      action: 'buy',
      amount: '5',
      investmentType: 'margin',
    }
    expect(signal(values, 'auto')).toMatchObject({ format: 'okx', exchange: 'OKX', amount: { unit: 'quote' } })
    expect(signal(values, 'generic')).toMatchObject({ format: 'generic', amount: { unit: 'base' } })
  })

  it('says nothing of an amount whose unit it does not know', () => {
    expect(signal({ action: 'buy', amount: '5', investmentType: 'moon' }, 'okx').amount).toBeUndefined()
    expect(signal({ action: 'buy', quantity: '5', quantityType: 'moon' }, 'traderspost').amount).toBeUndefined()
    expect(signal({ order: { amount: '5', currency_type: 'moon' } }, '3commas').amount).toBeUndefined()
  })

  it.each([
    ['1', 'base'],
    ['10q', 'quote'],
    ['5%', 'percent'],
    ['5p%', 'percent'],
  ])('reads the volume %s of OctoBot', (volume, unit) => {
    expect(signal({ SIGNAL: 'BUY', SYMBOL: 'A', VOLUME: volume }, 'auto').amount?.unit).toBe(unit)
  })

  it.each(['-1', 'NaN', 'much', '5!'])('refuses the volume %s of OctoBot', (volume) => {
    expect(() => signal({ SIGNAL: 'BUY', SYMBOL: 'A', VOLUME: volume }, 'octobot')).toThrow(invalid('VOLUME'))
  })
})

describe('secretsIn', () => {
  it('takes the field that the route names, and no other', () => {
    const values = { secret: 'a', data: { key: 'b' } }
    expect(secretsIn(fields(values), 'auto')).toEqual(['a'])
    expect(secretsIn(fields(values), 'auto', 'data.key')).toEqual(['b'])
    expect(secretsIn(fields(values), 'auto', 'nothing')).toEqual([])
  })

  it('takes numbers as text, and no objects', () => {
    expect(secretsIn(fields({ secret: 12, key: { a: 1 }, token: null, passphrase: '' }), 'generic')).toEqual(['12'])
  })

  it('tries a few at most', () => {
    const values = { list: Array.from({ length: 50 }, (_, index) => ({ secret: `guess-${index}` })) }
    expect(secretsIn(fields(values), 'generic')).toHaveLength(8)
  })

  it('does not tell a stranger that spellings differ', () => {
    expect(secretsIn(fields({ secret: 'a', SECRET: 'b' }), 'generic')).toEqual(['a', 'b'])
  })
})

describe('Signal.fields', () => {
  const kept = (values: JsonObject, secretFields?: readonly string[]): JsonObject =>
    toSignal(fields(values), { format: 'generic', secretFields }).fields

  it('holds no secret at any depth', () => {
    const values = { secret: 'a', key: 'b', x: { api_key: 'c', list: [{ passphrase: 'd', y: 1 }], key: 'data' }, z: 2 }
    expect(kept(values)).toEqual({ x: { list: [{ y: 1 }], key: 'data' }, z: 2 })
  })

  it('leaves key and token to the data where the route names another field', () => {
    expect(kept({ token: 'PEPE', data: { key: 'a', b: 1 } }, ['data.key'])).toEqual({ token: 'PEPE', data: { b: 1 } })
  })
})

describe('checkFresh', () => {
  const limits = { maxAge: 120_000, futureSkew: 30_000 }
  const now = Date.UTC(2026, 1, 18, 14, 30)
  const at = (time: number): Signal => ({ format: 'generic', fields: {}, time })

  it('lets pass what is young enough, and what has no time', () => {
    for (const time of [now, now - 120_000, now + 30_000]) expect(() => checkFresh(at(time), now, limits)).not.toThrow()
    expect(() => checkFresh({ format: 'generic', fields: {} }, now, limits)).not.toThrow()
  })

  it('refuses what is ten minutes old or ten minutes ahead', () => {
    expect(() => checkFresh(at(now - 600_000), now, limits)).toThrow(expect.objectContaining({ code: 'STALE' }))
    expect(() => checkFresh(at(now + 600_000), now, limits)).toThrow(expect.objectContaining({ code: 'FROM_FUTURE' }))
    expect(() => checkFresh(at(now - 120_001), now, limits)).toThrow(expect.objectContaining({ code: 'STALE' }))
  })
})

describe('assertNoPlaceholders', () => {
  it.each([
    [{ ticker: '{{ticker}}' }, 'ticker holds {{ticker}}'],
    [{ a: [{ b: 'at {{plot("Fast MA")}}!' }] }, 'a[0].b holds {{plot("Fast MA")}}'],
    [{ '{{plot_0}}': 1 }, 'a field name holds {{plot_0}}'],
    [{ a: '{{}}' }, '{{}}'],
  ])('refuses %j', (values, message) => {
    expect(() => assertNoPlaceholders(fields(values as JsonObject))).toThrow(
      expect.objectContaining({ code: 'PLACEHOLDER', message: expect.stringContaining(message) }),
    )
  })

  it('leaves other braces alone', () => {
    expect(() =>
      assertNoPlaceholders(fields({ a: '{{ {x} }', b: '}}{{', c: { d: ['{e}', null, 1, true] } })),
    ).not.toThrow()
  })
})
