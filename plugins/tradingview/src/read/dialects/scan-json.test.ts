import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AlertError } from '../../alert-error.ts'
import { scanJson } from './scan-json.ts'

function verdict(text: string): 'accepted' | 'refused' {
  try {
    return scanJson(text, 0, 20).end === text.length ? 'accepted' : 'refused'
  } catch (error) {
    if (error instanceof AlertError) return 'refused'
    throw error
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // That is the question.
    return false
  }
}

const shallow = fc
  .json({ maxDepth: 4 })
  .filter((text) => text === text.trim() && !/constructor|prototype|__proto__/.test(text))
/** Pieces that JSON is made of, in any order: most are broken, and broken in ways that matter. */
const pieces = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"',
      '\\',
      '1',
      '-',
      '0.5',
      'e3',
      'null',
      'NaN',
      ' ',
      '\n',
    ),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join('').trim())

describe('scanJson', () => {
  it('accepts what JSON.parse accepts', () => {
    fc.assert(
      fc.property(shallow, (text) => {
        fc.pre(text.isWellFormed() && !text.includes('\\u0000') && JSON.stringify(JSON.parse(text)).isWellFormed())
        const value: unknown = JSON.parse(text)
        fc.pre(!(Array.isArray(value) && value.length > 20) && !/\\ud[89a-f]/i.test(text))
        expect(verdict(text)).toBe('accepted')
      }),
    )
  })

  it('accepts nothing that JSON.parse refuses, and refuses of the rest only names that are there twice', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        const accepted = verdict(text) === 'accepted'
        if (accepted) expect(isJson(text)).toBe(true)
        else if (isJson(text)) expect(text).toMatch(/"[ab]"[\s\S]*"[ab]"/)
      }),
      { numRuns: 3_000 },
    )
  })

  it('tells whether there are numbers', () => {
    expect(scanJson('{"a":"1","b":[true,false,null]}', 0, 20).hasNumbers).toBe(false)
    expect(scanJson('{"a":"1","b":[true,-1]}', 0, 20).hasNumbers).toBe(true)
    expect(scanJson('{"a":0}', 0, 20).hasNumbers).toBe(true)
  })

  it('counts levels inside a batch from its alerts on', () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect(verdict(nested(8))).toBe('accepted')
    expect(verdict(nested(9))).toBe('refused')
    expect(verdict(`[${nested(8)},${nested(8)}]`)).toBe('accepted')
    expect(verdict(`[${nested(9)}]`)).toBe('refused')
  })

  it('counts names for each alert of a batch by itself', () => {
    const alert = (names: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: names }, (_, index) => [`f${index}`, 1])))
    expect(verdict(`[${alert(200)},${alert(200)}]`)).toBe('accepted')
    expect(verdict(`[${alert(1)},${alert(201)}]`)).toBe('refused')
  })
})
