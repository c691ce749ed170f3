import { expect, it } from 'vitest'
import { isThenable } from './maybe-promise.ts'

it('waits for a promise of any library, and for nothing else', () => {
  // biome-ignore lint/suspicious/noThenProperty: a promise of another library
  const foreign = Object.assign(Object.create(null), { then: (resolve: (value: number) => void) => resolve(1) })
  expect([Promise.resolve(1), foreign].map(isThenable)).toEqual([true, true])
  // biome-ignore lint/suspicious/noThenProperty: no promise
  expect([undefined, null, 1, 'then', {}, { then: 1 }].map(isThenable)).toEqual(Array(6).fill(false))
})
