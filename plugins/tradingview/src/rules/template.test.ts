import { describe, expect, it } from 'vitest'
import type { Signal } from '../signal.ts'
import { compileValue, templateProblem } from './template.ts'

const SIGNAL: Signal = {
  format: 'generic',
  id: 'order-7',
  time: 1_795_443_544_601,
  ticker: 'BTCUSDT',
  market: { connector: 'binance', pair: 'BTC-USDT' },
  intent: { kind: 'open', order: 'buy', position: 'long' },
  amount: { value: '0.010', unit: 'base' },
  price: '64000.50',
  fields: {
    Action: 'Buy',
    'strategy.order.comment': 'dotted',
    strategy: { order: { comment: 'nested', id: 7 } },
    list: ['a', 'b'],
    flag: 'off',
    open: 1.5,
    empty: '',
    nothing: null,
    when: '2026-11-24T02:00:00Z',
    day: '2026-11-24',
    local: '2026-11-24 02:00:00',
    fast: 'NaN',
    large: '9007199254740993',
    'Fast EMA': '12',
  },
}

const fill = (value: Parameters<typeof compileValue>[0]) => compileValue(value)(SIGNAL)

describe('a template', () => {
  it.each([
    ['{{amount}}', '0.010'],
    ['{{ amount }}', '0.010'],
    ['{{price:number}}', 64_000.5],
    ['{{fields.open}}', '1.5'],
    ['{{fields.open:number}}', 1.5],
    ['{{fields.strategy.order.id:integer}}', 7],
    ['{{time:integer}}', 1_795_443_544_601],
    ['{{time:time}}', '2026-11-23T14:19:04.601Z'],
    ['{{fields.when:time}}', '2026-11-24T02:00:00.000Z'],
    ['{{fields.day:time}}', '2026-11-24T00:00:00.000Z'],
    ['{{fields.local:time}}', '2026-11-24T02:00:00.000Z'],
    ['{{fields.flag:boolean}}', false],
    ['{{fields.list}}', ['a', 'b']],
    ['{{fields.list.1}}', 'b'],
    ['{{fields.Fast EMA:integer}}', 12],
    ['{{fields.strategy.order.comment}}', 'dotted'],
    ['{{action}}', 'Buy'],
    ['{{market.connector}} {{market.base}}/{{market.quote}}', 'binance BTC/USDT'],
    ['{{market.slug}}', 'btc_usdt'],
    [
      '{{intent.kind}}-{{intent.order}}-{{intent.position}} {{amount.value}} {{amount.unit}}',
      'open-buy-long 0.010 base',
    ],
    ['at {{price:number}}', 'at 64000.5'],
    ['{{fields.none | n/a}}', 'n/a'],
    ['{{fields.empty|}}', ''],
    ['{{fields.nothing:number | 0.5}}', 0.5],
    ['no template }}', 'no template }}'],
    [7, 7],
    [null, null],
  ])('%j gives %j', (template, value) => {
    expect(fill(template)).toEqual(value)
  })

  it('is filled in wherever it stands in lists and sections', () => {
    expect(fill({ a: ['{{price:number}}', { b: 'x{{amount}}' }], c: 1 })).toEqual({
      a: [64_000.5, { b: 'x0.010' }],
      c: 1,
    })
  })

  it('never fills in what the alert wrote: a value that looks like a template stays text', () => {
    const signal = { ...SIGNAL, comment: '{{fields.flag}}' }
    expect(compileValue('{{comment}}!')(signal)).toBe('{{fields.flag}}!')
  })

  it.each([
    ['{{comment}}', 'INVALID_FIELD', 'the rule needs "comment", which the alert does not have'],
    ['{{fields.empty}}', 'INVALID_FIELD', 'the rule needs "fields.empty"'],
    ['{{fields.list.length}}', 'INVALID_FIELD', 'the rule needs "fields.list.length"'],
    ['{{fields.constructor}}', 'INVALID_FIELD', 'the rule needs "fields.constructor"'],
    ['{{fields.__proto__.x}}', 'INVALID_FIELD', 'the rule needs "fields.__proto__.x"'],
    ['{{fields.fast:number}}', 'INVALID_FIELD', '"fields.fast" must be a number, found "NaN"'],
    ['{{fields.open:integer}}', 'INVALID_FIELD', '"fields.open" must be an integer, found 1.5'],
    ['{{fields.large:integer}}', 'INVALID_FIELD', 'must be an integer, found "9007199254740993"'],
    ['{{action:boolean}}', 'INVALID_FIELD', '"action" must be a boolean, found "Buy"'],
    ['{{action:time}}', 'INVALID_FIELD', '"action" must be a time, found "Buy"'],
    ['x{{fields.list}}', 'INVALID_FIELD', '"fields.list" must be one value, found a list or section'],
  ])('%s is refused where the alert does not fit', (template, code, message) => {
    expect(() => fill(template)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })

  it('says that the symbol is unknown where that is why there is no market', () => {
    const { market: _, ...unknown } = SIGNAL
    const unknownSymbol = expect.objectContaining({
      code: 'UNKNOWN_SYMBOL',
      message: expect.stringContaining('"BTCUSDT"'),
    })
    expect(() => compileValue('{{market.pair}}')(unknown)).toThrow(unknownSymbol)
  })
})

describe('templateProblem', () => {
  it.each([
    '{{}}',
    '{{ }}',
    '{{price',
    '{{fields.}}',
    '{{fields}}',
    '{{fields..a}}',
    '{{price|a}b}}',
    '{{a{{price}}}}',
    '{{constructor}}',
  ])('refuses %s', (text) => {
    expect(templateProblem({ list: [text] })).toMatch(/accepted: /)
  })

  it('refuses what lies too deep', () => {
    const deep = Array.from({ length: 30 }).reduce<object>((inner) => ({ inner }), {})
    expect(templateProblem(deep as never)).toContain('accepted: at most 20 levels')
  })
})
