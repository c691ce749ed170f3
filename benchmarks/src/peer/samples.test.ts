import { describe, expect, it } from 'vitest'
import { Samples } from './samples.ts'

function of(values: Iterable<number>): Samples {
  const samples = new Samples()
  for (const value of values) samples.add(value)
  return samples
}

describe('Samples', () => {
  it('ranks all of them', () => {
    const samples = of(Array.from({ length: 1_000 }, (_, index) => 1_000 - index))
    expect(samples.summary()).toMatchObject({ p50: 500, p99: 990, max: 1_000 })
  })

  it('counts those of 35 ms and more', () => {
    expect(of([34.9, 35, 80, 1]).summary().slow).toBe(2)
    expect(of([1, 2]).summary().slow).toBe(0)
  })

  it('keeps more than it has room for at first', () => {
    const samples = of({
      *[Symbol.iterator]() {
        for (let index = 0; index < 100_000; index++) yield index
      },
    })
    expect(samples.count).toBe(100_000)
    expect(samples.summary()).toMatchObject({ p50: 49_999, max: 99_999 })
  })

  it('is zero when there are none', () => {
    expect(new Samples().summary()).toEqual({ p50: 0, p99: 0, max: 0, slow: 0 })
  })
})
