import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertFits, DEFAULT_LIMITS, decodeJson, encodeJson } from './codec.ts'

const invalid = expect.objectContaining({ code: 'INVALID_PAYLOAD' })
const decode = (text: string, limits: Partial<typeof DEFAULT_LIMITS> = {}): unknown =>
  decodeJson(Buffer.from(text), { ...DEFAULT_LIMITS, ...limits })
const encode = (value: unknown): string => encodeJson(value, DEFAULT_LIMITS)

describe('encoding and decoding', () => {
  it('gives back every JSON value', () => {
    const values = fc.jsonValue().filter((value) => {
      const text = JSON.stringify(value)
      return !/__proto__|constructor/.test(text) && JSON.stringify(JSON.parse(text)) === text
    })
    fc.assert(
      fc.property(values, (value) => {
        // JSON has no -0.
        expect(decode(encode(value))).toEqual(JSON.parse(JSON.stringify(value)))
        expect(JSON.stringify(decode(encode(value)))).toBe(JSON.stringify(value))
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws anything but INVALID_PAYLOAD, whatever the bytes', () => {
    const fragments = fc.array(
      fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'NaN', '-Infinity', 'a', '1', '-', ' ', '\u0000', 'é'),
      { maxLength: 30 },
    )
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fragments.map((parts) => Buffer.from(parts.join(''))),
    )
    fc.assert(
      fc.property(payloads, (payload) => {
        try {
          decodeJson(payload, DEFAULT_LIMITS)
        } catch (error) {
          expect(error).toEqual(invalid)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('reads no bytes as undefined', () => {
    expect(decode('')).toBeUndefined()
  })

  it('keeps lone surrogates, unicode and escapes in strings', () => {
    const texts = ['\ud800', 'a\udc00b', '🤖', '\u0000\u001f\\"/', '\u2028', 'NaN', 'Infinity', '__proto__']
    expect(decode(encode(texts))).toEqual(texts)
  })

  it.each([
    ['a bigint', 1n],
    ['a bigint inside', { a: [1n] }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['undefined', undefined],
  ])('refuses to write %s', (_, value) => {
    expect(() => encode(value)).toThrow(invalid)
  })

  it('refuses to write a cycle, and what throws in toJSON', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => encode(cycle)).toThrow(invalid)
    const cause = new Error('no')
    const thrower = {
      toJSON: () => {
        throw cause
      },
    }
    expect(() => encode(thrower)).toThrow(expect.objectContaining({ code: 'INVALID_PAYLOAD', cause }))
  })

  it('refuses what is nested far too deep, to write where JSON.stringify overflows and else to read', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(() => decode(encode(deep))).toThrow(invalid)
  })
})

describe('the tolerant mode', () => {
  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    [' NaN ', Number.NaN],
    ['[NaN]', [Number.NaN]],
    ['[NaN,NaN]', [Number.NaN, Number.NaN]],
    ['[1,-Infinity,2]', [1, Number.NEGATIVE_INFINITY, 2]],
    ['[ Infinity\n]', [Number.POSITIVE_INFINITY]],
    ['{"a":NaN}', { a: Number.NaN }],
    ['{"a": NaN ,"b":Infinity}', { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
    ['{"a":{"b":[-Infinity]}}', { a: { b: [Number.NEGATIVE_INFINITY] } }],
    ['{"price":NaN,"text":"NaN"}', { price: Number.NaN, text: 'NaN' }],
    ['{"NaN":NaN}', { NaN: Number.NaN }],
    ['["NaN, Infinity",NaN]', ['NaN, Infinity', Number.NaN]],
    ['["\\"NaN",NaN]', ['"NaN', Number.NaN]],
    ['["\\\\",NaN]', ['\\', Number.NaN]],
    ['["\\\\\\"",NaN,"x:NaN"]', ['\\"', Number.NaN, 'x:NaN']],
  ])('reads %s', (text, value) => {
    expect(decode(text)).toEqual(value)
  })

  it.each([
    '-NaN',
    '+Infinity',
    'nan',
    'NaNa',
    'aNaN',
    '1NaN',
    'NaN1',
    'NaN$',
    '-',
    '- Infinity',
    '--Infinity',
    '[NaN NaN]',
    '[NaN',
    'NaN,',
    '{NaN:1}',
    '{NaN :1}',
    '{"a":NaN,Infinity:1}',
    '{"a":NaN,"b":"}',
    "{'a':NaN}",
    '{"a":undefined}',
    'None',
    'true false',
  ])('refuses %s', (text) => {
    expect(() => decode(text)).toThrow(invalid)
  })

  it('stays fast on a payload that is made to be slow', () => {
    const hostile = [
      `NaN"${'\\"'.repeat(1_000_000)}`,
      `"${'a'.repeat(3_000_000)}NaN`,
      `[NaN,"${'\\\\'.repeat(1_000_000)}`,
      `NaN${' '.repeat(3_000_000)}`.repeat(1),
      '-'.repeat(3_000_000).concat('NaN'),
    ]
    const started = performance.now()
    for (const text of hostile) {
      try {
        decode(text)
      } catch (error) {
        expect(error).toEqual(invalid)
      }
    }
    // Linear work on 13 MB takes well under a second; quadratic work takes hours.
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('reads a long string beside a NaN', () => {
    const long = 'x'.repeat(3_000_000)
    expect(decode(`["${long}",NaN]`)).toEqual([long, Number.NaN])
  })
})

describe('hostile payloads', () => {
  it.each([
    '{"__proto__":{"a":1}}',
    '{"\\u005f_proto__":1}',
    '{"\\u005F\\u005F\\u0070roto\\u005f_":{"a":1}}',
    '{"a":[{"__proto__":1}]}',
    '{"constructor":{"prototype":{"a":1}}}',
    '{"\\u0063onstructor":{"prototype":{"a":1}}}',
    '{"constructor":{"\\u0070rototype":{"a":1}}}',
    '{"__proto__":{"a":1},"price":NaN}',
    '{"a":NaN,"\\u005f_proto__":1}',
    '{"a":NaN,"constructor":{"prototype":{}}}',
  ])('refuses %s', (text) => {
    expect(() => decode(text)).toThrow(invalid)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('accepts those words as text and as harmless keys', () => {
    expect(decode('{"constructor":"x","prototype":1,"a":"__proto__"}')).toEqual({
      constructor: 'x',
      prototype: 1,
      a: '__proto__',
    })
  })

  it.each([
    [0xff],
    [0x22, 0xc3, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0xfe, 0xff, 0x00, 0x31],
  ])('refuses bytes that are not UTF-8: %s', (...bytes) => {
    expect(() => decodeJson(Uint8Array.from(bytes), DEFAULT_LIMITS)).toThrow(invalid)
  })

  it('reads 1 MiB', () => {
    const text = 'é'.repeat(512 * 1024)
    expect(decode(encode(text))).toBe(text)
  })
})

describe('limits', () => {
  it('counts bytes, not characters, in and out', () => {
    const limits = { ...DEFAULT_LIMITS, maxBytes: 10 }
    expect(encodeJson('éééé', limits)).toBe('"éééé"')
    expect(decode('"éééé"', limits)).toBe('éééé')
    expect(() => encodeJson('ééééé', limits)).toThrow(invalid)
    expect(() => decode('"ééééé"', limits)).toThrow(invalid)
    expect(() => assertFits('0123456789', limits)).not.toThrow()
    expect(() => assertFits('0123456789a', limits)).toThrow(invalid)
  })

  it('counts nesting of arrays and objects, but not inside strings', () => {
    expect(decode('[{"a":[1]}]', { maxDepth: 3 })).toEqual([{ a: [1] }])
    expect(() => decode('[{"a":[[1]]}]', { maxDepth: 3 })).toThrow(invalid)
    expect(decode('[[],[],[],[]]', { maxDepth: 2 })).toHaveLength(4)
    expect(decode('"[[[[[["', { maxDepth: 1 })).toBe('[[[[[[')
    expect(decode('["\\"[[[["]', { maxDepth: 1 })).toEqual(['"[[[['])
    expect(() => decode('['.repeat(1_000_000))).toThrow(invalid)
  })

  it('counts the keys of all objects together, but not colons inside strings', () => {
    expect(decode('[{"a":1},{"b":2}]', { maxKeys: 2 })).toHaveLength(2)
    expect(() => decode('[{"a":1},{"b":2,"c":3}]', { maxKeys: 2 })).toThrow(invalid)
    expect(decode('{"a":"::::"}', { maxKeys: 1 })).toEqual({ a: '::::' })
  })

  it('counts the values of all arrays and objects together, but not commas inside strings', () => {
    expect(decode('[1,[2,3]]', { maxValues: 3 })).toEqual([1, [2, 3]])
    expect(() => decode('[1,[2,3],4]', { maxValues: 3 })).toThrow(invalid)
    expect(decode('[",,,,"]', { maxValues: 1 })).toEqual([',,,,'])
    expect(() => decode(`[${'1,'.repeat(1_000_000)}1]`)).toThrow(invalid)
  })
})
