import { expect, it } from 'vitest'
import { escapeEntry, escapeLine, escapeText, safeJson } from './escape.ts'

const HOSTILE = '\u001b[2Jgone\u0007\u009b1m\u202etxt\u0000'

it('shows control characters and direction marks instead of obeying them', () => {
  expect(escapeLine(HOSTILE)).toBe('\\x1b[2Jgone\\x07\\x9b1m\\u202etxt\\x00')
  expect(escapeText(HOSTILE)).toBe(escapeLine(HOSTILE))
})

it('keeps letters of every script and symbols', () => {
  expect(escapeLine('Zürich 東京 🚀 ₿')).toBe('Zürich 東京 🚀 ₿')
})

it('keeps lines together in a cell and apart in a text', () => {
  expect(escapeLine('a\nb\tc\r')).toBe('a\\nb\\tc\\r')
  expect(escapeText('a\r\nb\tc')).toBe('a\nb\tc')
})

it('never lets a further line look like an entry of its own', () => {
  expect(escapeEntry('boom\n2026-01-01 INFO all is well\n')).toBe('boom\n    2026-01-01 INFO all is well')
})

it('writes JSON that is safe to show and reads back the same', () => {
  const json = safeJson({ text: HOSTILE })
  expect(json).toBe(`{"text":"\\u001b[2Jgone\\u0007\\u009b1m\\u202etxt\\u0000"}`)
  expect(JSON.parse(json)).toEqual({ text: HOSTILE })
  expect(safeJson(undefined)).toBe('null')
})
