import { describe, expect, it } from 'vitest'
import { median, ratio } from './statistics.ts'

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 9, 2])).toBe(3)
  })

  it('is null of nothing', () => {
    expect(median([])).toBeNull()
  })
})

describe('ratio', () => {
  it('is the median of the ratios of each round, not the ratio of the medians', () => {
    expect(ratio([10, 40, 90], [10, 20, 30])).toBe(2)
    expect(ratio([1, 100, 30], [10, 20, 30])).toBe(1)
  })

  it('leaves out the rounds that one of them has not measured', () => {
    expect(ratio([10, null, 90], [10, 20, null])).toBe(1)
    expect(ratio([10, 20, 90], [10])).toBe(1)
    expect(ratio([10], [null])).toBeNull()
    expect(ratio([10], [0])).toBeNull()
  })
})
