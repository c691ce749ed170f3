import { expect, it } from 'vitest'
import { blockOf, itemOf, nameOf, subjectOf } from './names.ts'

it('a block tells its subject, and no other block does', () => {
  expect(subjectOf(blockOf('mqtt 3.1.1', 'transport'))).toBe('mqtt 3.1.1')
  expect(subjectOf(blockOf('a: b', 'bridge'))).toBe('a: b')
  expect(subjectOf('a bus over Mosquitto')).toBeUndefined()
})

it('a test tells its item', () => {
  expect(nameOf(3, 'x')).toBe('03 x')
  for (const item of [1, 28, 'bridge'] as const) expect(itemOf(nameOf(item, 'x'))).toBe(item)
})
