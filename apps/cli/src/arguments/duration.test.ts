import { expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

it.each([
  ['500ms', 500],
  ['5s', 5_000],
  ['5', 5_000],
  ['0.5', 500],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  [' 2s ', 2_000],
])('reads %s as %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

it.each(['', '0', '0ms', '-5s', '5 s', '5d', 'soon', 'Infinity', '1e3', '999h'])(
  'refuses %j as wrong usage',
  (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ exitCode: 4 }))
  },
)

it.each([
  [12, '12ms'],
  [1_000, '1s'],
  [11_400, '11s'],
  [119_000, '119s'],
  [180_000, '3m'],
  [7_200_000, '2h'],
  [-5, '0ms'],
])('writes %i ms as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})
