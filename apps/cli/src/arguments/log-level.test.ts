import { expect, it } from 'vitest'
import { readLevel } from './log-level.ts'

it.each([
  ['DEBUG', 10],
  ['info', 20],
  ['Warning', 30],
  ['warn', 30],
  ['ERROR', 40],
  ['CRITICAL', 50],
])('reads %s as %i', (name, level) => {
  expect(readLevel(name)).toBe(level)
})

it('refuses another name as wrong usage', () => {
  expect(() => readLevel('LOUD')).toThrow(expect.objectContaining({ exitCode: 4 }))
})
