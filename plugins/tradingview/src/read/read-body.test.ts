import { describe, expect, it } from 'vitest'
import type { ReadBodyOptions } from './dialect.ts'
import { compilePattern } from './dialects/regex.ts'
import { readBody } from './read-body.ts'

const values = (body: string | Uint8Array, options: Partial<ReadBodyOptions> = {}): unknown =>
  readBody(Buffer.from(body), { dialect: 'auto', ...options }).map((fields) => fields.values)

const unreadable = (reason: string): object =>
  expect.objectContaining({ code: 'UNREADABLE', message: expect.stringContaining(reason) })

describe('readBody', () => {
  it('keeps numbers as the text that was received', () => {
    const body = '{"a":0.10,"b":1e-8,"c":12345678901234567890,"d":[1.0],"e":-0.5,"f":true,"g":null,"h":"0.1"}'
    expect(values(body)).toEqual([
      { a: '0.10', b: '1e-8', c: '12345678901234567890', d: ['1.0'], e: '-0.5', f: true, g: null, h: '0.1' },
    ])
  })

  it('makes JavaScript numbers where it is asked to', () => {
    expect(values('{"a":0.10,"b":{"c":1}}', { numbers: 'native' })).toEqual([{ a: 0.1, b: { c: 1 } }])
  })

  it.each([
    ['an overlong slash', [0x7b, 0xc0, 0xaf, 0x7d]],
    ['half a character', [0x7b, 0xe2, 0x82, 0x7d]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
  ])('refuses bytes that are no UTF-8: %s', (_, bytes) => {
    expect(() => values(Uint8Array.from(bytes))).toThrow(unreadable('UTF-8'))
  })

  it('refuses NUL', () => {
    expect(() => values('action=buy\u0000')).toThrow(unreadable('NUL'))
  })

  it('never quotes a body that it cannot read', () => {
    for (const body of [
      'my-secret-0123456789',
      '{"key":my-secret-0123456789}',
      '{"a":"my-secret-0123456789}',
      'a,"my-secret-0123456789"x',
    ]) {
      expect(() => values(body)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('my-secret') }))
    }
  })

  it('takes as many alerts in a batch as it is told', () => {
    expect(values('[{"a":1},{"a":2}]', { maxBatch: 2 })).toHaveLength(2)
    expect(() => values('[{"a":1},{"a":2}]', { maxBatch: 1 })).toThrow(unreadable('1 alerts'))
    expect(() => values('a|b\nc|d', { maxBatch: 1 })).toThrow(unreadable('1 alerts'))
    expect(() => values('a,b\nc,d', { maxBatch: 1 })).toThrow(unreadable('1 alerts'))
  })

  it('refuses another dialect than that of the route', () => {
    expect(() => values('action=buy', { dialect: 'json' })).toThrow(unreadable('not a JSON object'))
    expect(() => values('{"action":"buy"}', { dialect: 'key-value' })).toThrow(unreadable('part 1'))
  })

  it('reads a text dialect inside JSON, beside other fields', () => {
    expect(values('{"secret":"s","text":"a=1;b=2"}', { dialect: 'key-value' })).toEqual([
      { secret: 's', a: '1', b: '2' },
    ])
    expect(values('{"secret":"s","text":"x|y"}')).toEqual([{ secret: 's', column1: 'x', column2: 'y' }])
    expect(() => values('{"column1":"s","text":"x|y"}')).toThrow(unreadable('twice'))
  })

  it('leaves a sentence inside JSON alone', () => {
    expect(values('{"text":"Long, at last","action":"buy"}')).toEqual([{ text: 'Long, at last', action: 'buy' }])
  })

  it('reads quoted cells of CSV', () => {
    expect(values('buy,"one, two",x=y', { columns: ['action', 'comment', 'note'] })).toEqual([
      { action: 'buy', comment: 'one, two', note: 'x=y' },
    ])
    expect(values('buy,BTCUSDT\r\nsell,ETHUSDT\r\n', { columns: ['action', 'ticker'] })).toEqual([
      { action: 'buy', ticker: 'BTCUSDT' },
      { action: 'sell', ticker: 'ETHUSDT' },
    ])
  })

  it('refuses cells that the columns do not name, and cells that are missing', () => {
    const columns = ['action', 'ticker']
    expect(() => values('buy,BTCUSDT,more', { columns })).toThrow(unreadable('more than the 2 cells'))
    expect(() => values('buy|', { columns: [...columns, 'comment'] })).toThrow(unreadable('2 cells'))
    expect(values('buy,BTCUSDT,risk=1', { columns })).toEqual([{ action: 'buy', ticker: 'BTCUSDT', risk: '1' }])
  })

  it('keeps what looks like a name inside a named column', () => {
    expect(values('abc==|buy', { columns: ['key', 'action'] })).toEqual([{ key: 'abc==', action: 'buy' }])
  })

  it('keeps equals signs, commas and backslashes in values of pairs', () => {
    expect(values('key=abc==\ncomment=one, two\npath=C:\\new')).toEqual([
      { key: 'abc==', comment: 'one, two', path: 'C:\\new' },
    ])
  })

  it('names the part that is no pair, without quoting it', () => {
    expect(() => values('a=1;bare;c=2', { dialect: 'key-value' })).toThrow(unreadable('part 2'))
  })

  it('reads the named groups that took part', () => {
    const dialect = { regex: '(?P<action>buy|sell)(?: (?P<amount>[0-9.]+))?' }
    expect(values('Please buy 0.5', { dialect })).toEqual([{ action: 'buy', amount: '0.5' }])
    expect(values('sell', { dialect })).toEqual([{ action: 'sell' }])
    expect(() => values('hold', { dialect })).toThrow(unreadable('pattern'))
  })

  it('reads a body that only begins like JSON by the pattern of the route', () => {
    expect(values('{buy}', { dialect: { regex: '^\\{(?P<action>\\w+)\\}$' } })).toEqual([{ action: 'buy' }])
  })
})

describe('compilePattern', () => {
  it.each(['(?=x)(?P<a>x)', '(?P<a>x)\\1', '(?P<a', '(?P<a>x)(?P<a>y)'])('refuses %s, which is not RE2', (regex) => {
    expect(() => compilePattern(regex)).toThrow(SyntaxError)
  })

  it('refuses a pattern without names', () => {
    expect(() => compilePattern('(buy|sell)')).toThrow('named group')
  })
})
