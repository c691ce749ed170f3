import type { JsonObject } from '@botbus/plugin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AlertError } from '../alert-error.ts'
import type { Fields } from '../signal.ts'
import type { Dialect } from './dialect.ts'
import { ALERT_FORMATS } from './formats/choose-format.ts'
import type { AlertFormat } from './formats/format.ts'
import { assertNoPlaceholders } from './placeholders.ts'
import { readBody } from './read-body.ts'
import { secretsIn } from './secret-of.ts'
import { toSignal } from './to-signal.ts'

const DIALECTS: readonly Dialect[] = [
  'auto',
  'json',
  'key-value',
  'csv',
  'pipes',
  { regex: '(?P<action>\\w+)(?P<rest>.*)' },
]

/** Reads a body as a route would; what is refused is refused with an AlertError, or this throws. */
function read(body: Uint8Array, dialect: Dialect, formats: readonly AlertFormat[] = ALERT_FORMATS): readonly Fields[] {
  try {
    const alerts = readBody(body, { dialect })
    for (const fields of alerts) signals(fields, formats)
    return alerts
  } catch (error) {
    if (error instanceof AlertError) return []
    throw error
  }
}

function signals(fields: Fields, formats: readonly AlertFormat[]): void {
  for (const format of formats) {
    expect(Array.isArray(secretsIn(fields, format))).toBe(true)
    try {
      assertNoPlaceholders(fields)
      const signal = toSignal(fields, { format, exchange: 'BINANCE' })
      if (signal.amount !== undefined) expect(signal.amount.value).toMatch(/^\d+(\.\d+)?$/)
      if (signal.time !== undefined) expect(Number.isSafeInteger(signal.time)).toBe(true)
      if (signal.market !== undefined) expect(signal.market.pair).toMatch(/^[A-Z0-9]+-[A-Z0-9]+$/)
      expect(Object.getPrototypeOf(signal.fields)).toBe(Object.prototype)
    } catch (error) {
      if (!(error instanceof AlertError)) throw error
    }
  }
}

const names = fc.constantFrom(
  ...[
    'action',
    'side',
    'signal',
    'SIGNAL',
    'SYMBOL',
    'VOLUME',
    'ticker',
    'exchange',
    'pair',
    'amount',
    'size',
    'usd',
    'price',
    'sl',
  ],
  ...[
    'time',
    'timenow',
    'id',
    'market_position',
    'prev_market_position',
    'position_size',
    'market_position_size',
    'reduce_only',
  ],
  ...[
    'data',
    'order',
    'strategy',
    'strategy_info',
    'secret',
    'signalToken',
    'investmentType',
    'message_type',
    'bot_id',
    'code',
    'text',
  ],
  ...['column1', 'column2', 'column3', 'hasOwnProperty', 'toString', 'valueOf'],
)
const words = fc.constantFrom(
  ...[
    'buy',
    'sell',
    'close',
    'long',
    'short',
    'flat',
    'enter_long',
    'reverse',
    'bot',
    'BTCUSDT',
    'BINANCE:BTCUSDT.P',
    '-0.5',
    '1e-8',
  ],
  ...[
    '1e99',
    'NaN',
    '',
    '50%',
    '100a%',
    '2026-02-18T14:30:00Z',
    '1771425000',
    '99999999999999999999',
    '{{close}}',
    'toString',
    '__proto__',
  ],
  ...['EXIT-LONG_Bybit_ETHUSDT_ETH-USDT_15M_x', 'a|b'],
)
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    tie('object'),
  ),
  object: fc.dictionary(names, tie('value'), { maxKeys: 8 }),
}))
const likely = fc.dictionary(names, value, { maxKeys: 12 })

describe('reading what a stranger sends', () => {
  it('throws nothing but AlertError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...DIALECTS), (body, dialect) => {
        read(body, dialect)
      }),
      { numRuns: 1_000 },
    )
  })

  it('throws nothing but AlertError for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(fc.oneof(words, names, fc.constantFrom('=', ';', ',', '|', '\n', '\\n', '"', '{', '}', ':', ' ')), {
          maxLength: 20,
        })
        .map((p) => p.join('')),
    )
    fc.assert(
      fc.property(text, fc.constantFrom(...DIALECTS), (body, dialect) => {
        read(Buffer.from(body), dialect)
      }),
      { numRuns: 500 },
    )
  })

  it('throws nothing but AlertError for any JSON, and reads its fields as they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), likely, fc.array(likely, { maxLength: 3 })), (json) => {
        read(Buffer.from(JSON.stringify(json)), 'auto')
      }),
      { numRuns: 500 },
    )
  })

  it('reaches no prototype', () => {
    const bodies = [
      '{"__proto__":{"polluted":1}}',
      '{"a":{"__proto__":{"polluted":1}}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '__proto__=1\npolluted=1',
      '{"text":"__proto__=1|polluted=1"}',
      'a,__proto__=polluted',
    ]
    for (const body of bodies) for (const dialect of DIALECTS) read(Buffer.from(body), dialect)
    expect(({} as JsonObject)['polluted']).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('refuses a column named __proto__', () => {
    expect(() => readBody(Buffer.from('a|b'), { dialect: 'pipes', columns: ['x', '__proto__'] })).toThrow(AlertError)
  })
})

/** Bodies of 64 KiB that make careless patterns and recursion slow. */
const LARGE: readonly (readonly [string, string])[] = [
  ['open lists', '['],
  ['open objects', '{"a":'],
  ['empty lists in one', '[[],'],
  ['quotation marks', '"'],
  ['backslashes', '{"a":"\\'],
  ['escapes', '\\u0041'],
  ['digits', '1'],
  ['spaces', ' '],
  ['semicolons', 'a=1;'],
  ['equals signs', '='],
  ['literal line breaks', '\\r\\n'],
  ['literal line breaks and names', '\\na '],
  ['commas', ','],
  ['pipes', '|'],
  ['braces', '{{'],
  ['placeholders', '{{a}}'],
  ['underscores', 'ENTER-LONG_a_'],
  ['dashes', 'EXIT-'],
  ['line breaks', 'a,b\n'],
  ['letters', 'a'],
]

describe('bodies of 64 KiB', () => {
  it.each(LARGE)('takes time in proportion to their length: %s', (_, piece) => {
    const small = duration(piece, 8 * 1024)
    const large = duration(piece, 64 * 1024)
    // Eight times the length: linear is 8, quadratic 64. The floor keeps clocks and caches out of it.
    expect(large).toBeLessThan(Math.max(small, 2) * 40)
  })
})

/**
 * The best of two, in milliseconds of the processor (other programs do not count), over all dialects, bare and inside a
 * field.
 */
function duration(piece: string, length: number): number {
  const filling = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
  const bodies = [
    filling,
    `x=${filling}`,
    JSON.stringify({ action: filling, ticker: filling, amount: filling, time: filling }),
  ]
  const buffers = bodies.map((body) => Buffer.from(body))
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 2; run += 1) {
    const start = process.cpuUsage()
    for (const body of buffers) for (const dialect of DIALECTS) read(body, dialect, ['auto'])
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}
