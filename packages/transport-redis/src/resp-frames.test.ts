import { describe, expect, it } from 'vitest'
import { endOfValue, LONGEST_TEXT, MALFORMED } from './resp-frames.ts'

const VALUES = [
  '+PONG\r\n',
  '-ERR no\r\n',
  ':-12\r\n',
  '_\r\n',
  '#t\r\n',
  ',1.5\r\n',
  '(12345678901234567890\r\n',
  '$0\r\n\r\n',
  '$4\r\n\r\n\r\n\r\n',
  '$-1\r\n',
  '=7\r\ntxt:a\r\n\r\n',
  '*-1\r\n',
  '*0\r\n',
  '*2\r\n:1\r\n*1\r\n+a\r\n',
  '~1\r\n:1\r\n',
  '%1\r\n+a\r\n*2\r\n:1\r\n:2\r\n',
  '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n',
]

describe('endOfValue', () => {
  it('finds the end of each kind of value, wherever it begins', () => {
    for (const value of VALUES) expect(endOfValue(Buffer.from(`:1\r\n${value}:2`), 4), value).toBe(4 + value.length)
  })

  it('knows of each beginning of a value that the end is missing', () => {
    for (const value of VALUES) {
      for (let length = 0; length < value.length; length++) {
        const end = endOfValue(Buffer.from(value.slice(0, length)), 0)
        expect(end, value.slice(0, length)).toBeGreaterThan(length)
        expect(end, value.slice(0, length)).toBeLessThanOrEqual(value.length)
      }
    }
  })

  it('knows how long a text is from its first bytes, so that its pieces are looked at once', () => {
    expect(endOfValue(Buffer.from('*2\r\n+a\r\n$1000000\r\nabc'), 0)).toBe(1_000_020)
  })

  it('refuses what is no RESP', () => {
    for (const text of ['HTTP/1.1 400\r\n', '$x\r\n', '*1e3\r\n', '*1\r\n?', `*${'9'.repeat(30)}\r\n`]) {
      expect(endOfValue(Buffer.from(text), 0), text).toBe(MALFORMED)
    }
  })

  it('refuses a line without end, and a text that nobody can hold', () => {
    expect(endOfValue(Buffer.from(`$${LONGEST_TEXT}\r\n`), 0)).toBeGreaterThan(LONGEST_TEXT)
    expect(endOfValue(Buffer.from(`$${LONGEST_TEXT + 1}\r\n`), 0)).toBe(MALFORMED)
    expect(endOfValue(Buffer.alloc(100_000, '+'), 0)).toBe(MALFORMED)
  })
})
