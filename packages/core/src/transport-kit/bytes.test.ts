import { expect, it } from 'vitest'
import { toBuffer } from './bytes.ts'

it('takes the bytes of a view as they are, without a copy', () => {
  const whole = Uint8Array.of(1, 2, 3, 4)
  const buffer = toBuffer(whole.subarray(1, 3))
  expect([...buffer]).toEqual([2, 3])
  whole[1] = 9
  expect(buffer[0]).toBe(9)
  expect(toBuffer(buffer)).toBe(buffer)
})
