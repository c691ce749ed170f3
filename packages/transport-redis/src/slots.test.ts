import { expect, it } from 'vitest'
import { slotOf } from './slots.ts'

it('hash slots are those that Redis computes (CLUSTER KEYSLOT)', () => {
  expect(slotOf('123456789')).toBe(0x31c3)
  expect(slotOf('foo')).toBe(12_182)
  expect(slotOf('{foo}bar')).toBe(12_182)
  expect(slotOf('x{foo}{bar}')).toBe(12_182)
  expect(slotOf('foo{}')).not.toBe(slotOf(''))
  expect(slotOf('')).toBe(0)
})
