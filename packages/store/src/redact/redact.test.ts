import { describe, expect, it } from 'vitest'
import { redact } from './redact.ts'

describe('redact', () => {
  it('replaces what stands under a key that names a secret, at any depth and of any kind', () => {
    const given = {
      action: 'buy',
      secret: 'x',
      list: [{ apiKey: 'x', amount: '0.1' }, 'text', null],
      auth: { user: 'ada', pass: 'x' },
      pin: 1234,
      tokens_total: 7,
    }
    expect(redact(given)).toEqual({
      action: 'buy',
      secret: '[redacted]',
      list: [{ apiKey: '[redacted]', amount: '0.1' }, 'text', null],
      auth: '[redacted]',
      pin: '[redacted]',
      tokens_total: 7,
    })
    expect(given.secret).toBe('x')
  })

  it('leaves what tells nothing: null, booleans, the empty text', () => {
    const given = { token: null, secret: true, password: '', cookie: undefined }
    expect(redact(given)).toBe(given)
  })

  it.each([[null], [1], ['secret=x'], [[1, [2]]], [{ a: { b: [1] } }]])('gives %j back as it is', (value) => {
    expect(redact(value)).toBe(value)
  })

  it('keeps __proto__ a key, and looks below it', () => {
    const given = JSON.parse('{"__proto__": {"secret": "x"}, "constructor": {"token": "x"}}')
    const result = redact(given)
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
    expect(JSON.stringify(result)).toBe('{"__proto__":{"secret":"[redacted]"},"constructor":{"token":"[redacted]"}}')
  })

  it('looks into what JSON would make of a value', () => {
    expect(JSON.stringify(redact({ a: { toJSON: () => ({ secret: 'x' }) } }))).toBe('{"a":{"secret":"[redacted]"}}')
    expect(JSON.stringify(redact({ at: new Date(0) }))).toBe('{"at":"1970-01-01T00:00:00.000Z"}')
  })
})
