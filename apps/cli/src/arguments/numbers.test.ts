import { expect, it } from 'vitest'
import { integerFrom, numberFrom } from './numbers.ts'

const wrongUsage = expect.objectContaining({ exitCode: 4 })

it('reads whole numbers within their range', () => {
  expect(integerFrom('--count', 1)('12')).toBe(12)
  expect(integerFrom('--qos', 0, 1)('1')).toBe(1)
})

it.each(['0', '-1', '1.5', '', 'x', '1e2', '99999999999999999999'])('refuses a count of %j', (text) => {
  expect(() => integerFrom('--count', 1)(text)).toThrow(wrongUsage)
})

it('names the range that it accepts', () => {
  expect(() => integerFrom('--qos', 0, 1)('2')).toThrow('--qos must be a whole number from 0 to 1, not "2"')
})

it.each([
  ['100', 100],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1e-8', 1e-8],
])('reads the amount %s', (text, value) => {
  expect(numberFrom('the amount')(text)).toBe(value)
})

it.each(['', '-1', 'ten', 'NaN', '1,5', '0x10'])('refuses an amount of %j', (text) => {
  expect(() => numberFrom('the amount')(text)).toThrow(wrongUsage)
})
