import { expect, it } from 'vitest'
import { randomId } from './random-id.ts'

it('gives 32 hexadecimal digits, never the same, across many draws from the system', () => {
  const ids = Array.from({ length: 2_000 }, randomId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
})
