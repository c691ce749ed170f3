import type { JsonObject } from '@botbus/plugin'
import { describe, expect, it } from 'vitest'
import type { Signal } from '../signal.ts'
import { compileWhen, type Scalar, type Test } from './match.ts'

const fields: JsonObject = {
  action: 'Buy',
  size: '1.0',
  tiny: '0.00000001',
  flag: 'TRUE',
  empty: '',
  note: 'Take Profit 1',
  data: { side: 'long', level: 3 },
}
const SIGNAL: Signal = { format: 'okx', fields, price: '100.5', intent: { kind: 'open', order: 'buy' } }

const holds = (path: string, wanted: Scalar | Test) =>
  compileWhen({ [path]: wanted }).firstFailure(SIGNAL) === undefined

describe('a condition', () => {
  it.each<[string, Scalar | Test]>([
    ['action', 'buy'],
    ['fields.action', ' BUY '],
    ['format', 'OKX'],
    ['intent.kind', 'open'],
    ['fields.data.side', 'long'],
    ['fields.data.level', 3],
    ['fields.data.level', '3'],
    ['fields.size', 1],
    ['fields.flag', true],
    ['fields.none', { exists: false }],
    ['fields.empty', { exists: false }],
    ['price', { exists: true }],
    ['action', { in: ['sell', 'buy'] }],
    ['fields.size', { in: [1, 2] }],
    ['action', { not: 'sell' }],
    ['action', { not: ['sell', 'close'] }],
    ['fields.none', { not: 'sell' }],
    ['fields.note', { matches: 'Profit \\d$' }],
    ['fields.note', { matches: '(?i)^take' }],
    ['price', { above: 100, below: '100.51' }],
    ['fields.tiny', { above: '0.000000009', below: 1e-7 }],
  ])('on %s holds: %j', (path, wanted) => {
    expect(holds(path, wanted)).toBe(true)
  })

  it.each<[string, Scalar | Test]>([
    ['action', 'sell'],
    ['action', 'bu'],
    ['fields.none', 'x'],
    ['fields.none', ''],
    ['fields.size', '1'],
    ['fields.note', 1],
    ['fields.note', true],
    ['fields.flag', false],
    ['fields.data', 'long'],
    ['price', { exists: false }],
    ['fields.empty', { exists: true }],
    ['action', { in: ['sell'] }],
    ['action', { not: ['buy'] }],
    ['fields.note', { matches: '^Profit' }],
    ['fields.note', { matches: 'take' }],
    ['fields.none', { matches: '' }],
    ['price', { above: 100.5 }],
    ['price', { below: 100.5 }],
    ['action', { above: 0 }],
    ['action', { in: ['buy'], matches: '^B', not: 'Buy' }],
  ])('on %s does not hold: %j', (path, wanted) => {
    expect(holds(path, wanted)).toBe(false)
  })
})

describe('compileWhen', () => {
  it('holds for every signal where nothing is asked', () => {
    expect(compileWhen().firstFailure(SIGNAL)).toBeUndefined()
  })

  it('tells the first condition that does not hold, what was found and what is wanted', () => {
    const when = { action: 'buy', price: { above: 50, below: 60 }, 'fields.none': 'x' }
    expect(compileWhen(when).firstFailure(SIGNAL)).toEqual({
      path: 'price',
      found: '100.5',
      wanted: 'a number below 60',
    })
    const missing = compileWhen({ 'fields.none': { in: ['a', 1] } }).firstFailure(SIGNAL)
    expect(missing).toEqual({ path: 'fields.none', found: undefined, wanted: 'one of "a", 1' })
  })

  it('reads the action at the top before that in "data", in the spellings that people use', () => {
    const actionOf = (given: JsonObject) =>
      ['buy', 'sell'].find((word) => !compileWhen({ action: word }).firstFailure({ format: 'generic', fields: given }))
    expect(actionOf({ data: { 'strategy-order-action': 'sell' } })).toBe('sell')
    expect(actionOf({ side: 'sell', 'strategy.order.action': 'buy' })).toBe('buy')
    expect(actionOf({ ACTION: 'sell', data: { action: 'buy' } })).toBe('sell')
    expect(actionOf({ comment: 'buy' })).toBeUndefined()
  })

  it('ends on expressions that back-tracking would never finish', () => {
    const long: Signal = { format: 'generic', fields: {}, comment: 'a'.repeat(40_000) }
    expect(compileWhen({ comment: { matches: '(a+)+$' } }).firstFailure(long)).toBeUndefined()
    expect(compileWhen({ comment: { matches: '^(a+)+b' } }).firstFailure(long)).toBeDefined()
  })
})
