import { expect, it } from 'vitest'
import { shorten } from './progress.ts'

it.each([
  ['short', 10, 'short'],
  ['123456789', 10, '123456789'],
  ['1234567890', 10, '12345678…'],
  ['12345678901234', 10, '12345678…'],
])('keeps %j on one line of %d columns', (line, columns, expected) => {
  expect(shorten(line, columns)).toBe(expected)
})
