import { describe, expect, it } from 'vitest'
import { assign } from './assignment.ts'
import { idOf } from './fetch-loop.ts'

const partitions = Array.from({ length: 12 }, (_, partition) => ({ topic: 't', partition }))

function shares(claims: Record<string, number[]>): Record<string, number[]> {
  const list = Object.entries(claims).map(([memberId, own]) => ({
    memberId,
    owned: own.map((partition) => idOf({ topic: 't', partition })),
  }))
  const result = assign(partitions, list)
  return Object.fromEntries([...result].map(([member, share]) => [member, share.map(({ partition }) => partition)]))
}

const all = (result: Record<string, number[]>): number[] =>
  Object.values(result)
    .flat()
    .toSorted((a, b) => a - b)

describe('assign', () => {
  it('gives each partition to one member, and all members equally many', () => {
    const result = shares({ a: [], b: [], c: [], d: [], e: [] })
    expect(all(result)).toEqual(partitions.map(({ partition }) => partition))
    expect(Object.values(result).map(({ length }) => length)).toEqual(expect.arrayContaining([3, 2]))
    for (const { length } of Object.values(result)) expect([2, 3]).toContain(length)
  })

  it('takes from a member only what another one has to get', () => {
    const before = { a: [0, 1, 2, 3, 4, 5], b: [6, 7, 8, 9, 10, 11] }
    const result = shares({ ...before, c: [] })
    expect(all(result)).toHaveLength(12)
    for (const member of ['a', 'b'] as const) {
      expect(result[member]).toHaveLength(4)
      for (const partition of result[member] ?? []) expect(before[member]).toContain(partition)
    }
  })

  it('leaves everything with whom it is when a member goes', () => {
    const result = shares({ a: [0, 1, 2, 3], b: [4, 5, 6, 7] })
    expect(result['a']).toEqual(expect.arrayContaining([0, 1, 2, 3]))
    expect(result['b']).toEqual(expect.arrayContaining([4, 5, 6, 7]))
    expect(all(result)).toHaveLength(12)
  })

  it('gives a partition once, also to a member that names it twice', () => {
    expect(all(shares({ a: [0, 0, 0, 1], b: [] }))).toEqual(partitions.map(({ partition }) => partition))
  })

  it('gives a partition once, also when two members say that it is theirs', () => {
    expect(all(shares({ a: [0, 1, 2], b: [0, 1, 2] }))).toEqual(partitions.map(({ partition }) => partition))
  })
})
