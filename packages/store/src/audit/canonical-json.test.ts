import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

describe('canonicalJson', () => {
  it('gives values that are equal one text', () => {
    const one = { b: [{ d: 1, c: null }], a: 'ä', B: true }
    const other = { B: true, a: 'ä', b: [{ c: null, d: 1 }] }
    expect(canonicalJson(one)).toBe('{"B":true,"a":"ä","b":[{"c":null,"d":1}]}')
    expect(canonicalJson(other)).toBe(canonicalJson(one))
  })

  it('keeps the order of arrays, and __proto__ a key', () => {
    expect(canonicalJson([2, 1])).toBe('[2,1]')
    expect(canonicalJson(JSON.parse('{"z":1,"__proto__":{"y":1}}'))).toBe('{"__proto__":{"y":1},"z":1}')
  })
})
