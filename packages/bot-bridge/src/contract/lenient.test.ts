import { describe, expect, it } from 'vitest'
import { anyNumber, boolean, flag, integer, number, text } from './lenient.ts'

describe('lenient readers', () => {
  it.each([
    [1.5, 1.5],
    ['-2', -2],
    [' 3 ', 3],
    ['1.', 1],
    ['.5', 0.5],
    ['+1e3', 1000],
    ['1E-2', 0.01],
  ])('reads %j as the number %d', (given, expected) => {
    expect(number.parse(given)).toBe(expected)
  })

  it.each([
    [''],
    ['1,5'],
    ['0x10'],
    ['Infinity'],
    ['1e999'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [null],
    [true],
    [[1]],
  ])('refuses %j as a number', (given) => {
    expect(number.safeParse(given).success).toBe(false)
  })

  it('reads whole numbers only as integers', () => {
    expect(integer.parse('-2')).toBe(-2)
    expect(integer.safeParse(1.5).success).toBe(false)
    expect(integer.safeParse('1.5').success).toBe(false)
  })

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], [0]])(
    'keeps %d where any number may be',
    (given) => {
      expect(anyNumber.parse(given)).toBe(given)
    },
  )

  it.each([
    [true, true],
    [0, false],
    [1, true],
    ['True', true],
    ['false', false],
    ['no', false],
    ['on', true],
    ['1', true],
  ])('reads %j as %s', (given, expected) => {
    expect(boolean.parse(given)).toBe(expected)
  })

  it.each([[2], ['maybe'], [''], [null], [[]]])('refuses %j as a boolean', (given) => {
    expect(boolean.safeParse(given).success).toBe(false)
  })

  it.each([
    [undefined, true],
    [null, true],
    [false, false],
    ['0', false],
  ])('a switch that is on by default reads %j as %s', (given, expected) => {
    expect(flag(true).parse(given)).toBe(expected)
  })

  it('reads missing text and null as none, and refuses what is no text', () => {
    expect(text.parse(undefined)).toBe('')
    expect(text.parse(null)).toBe('')
    expect(text.safeParse(1).success).toBe(false)
  })
})
