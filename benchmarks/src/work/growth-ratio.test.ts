import { describe, expect, it } from 'vitest'
import { withGrowth, worstOf } from './growth-ratio.ts'

describe('withGrowth', () => {
  it('is 1 when ten times the operations cost ten times as much', () => {
    const [first, second] = withGrowth([
      { load: 1, samples: [{ cpu: 20, wall: 30 }] },
      { load: 1, samples: [{ cpu: 20, wall: 45 }] },
    ])
    expect(first).toEqual([{ cpu: 20, wall: 30 }])
    expect(second).toEqual([{ cpu: 20, wall: 45, cpuGrowth: 1, wallGrowth: 1.5 }])
  })

  it('counts what an operation carries', () => {
    const [, second] = withGrowth([
      { load: 200, samples: [{ cpu: 20 }] },
      { load: 2_000, samples: [{ cpu: 300 }] },
    ])
    expect(second?.[0]?.['cpuGrowth']).toBeCloseTo(1.5)
  })

  it('compares each round with the median of the step before', () => {
    const [, second, third] = withGrowth([
      { load: 1, samples: [{ cpu: 9 }, { cpu: 10 }, { cpu: 50 }] },
      { load: 1, samples: [{ cpu: 10 }, { cpu: 20 }] },
      { load: 1, samples: [{ cpu: 30 }] },
    ])
    expect(second?.map((sample) => sample['cpuGrowth'])).toEqual([1, 2])
    expect(third?.map((sample) => sample['cpuGrowth'])).toEqual([2])
  })

  it('tells nothing about what was not measured, or was too little to be measured', () => {
    const [, second] = withGrowth([
      { load: 1, samples: [{ brokerCpu: 0, cpu: 5 }] },
      { load: 1, samples: [{ brokerCpu: 3, wall: 7 }] },
    ])
    expect(second).toEqual([{ brokerCpu: 3, wall: 7 }])
  })
})

describe('worstOf', () => {
  it('is the highest of the medians, for each cost, with all that was lost', () => {
    const rows = [
      [{ cpu: 1, lost: 1 }],
      [{ cpuGrowth: 0.9 }, { cpuGrowth: 1.1 }, { cpuGrowth: 9 }],
      [{ cpuGrowth: 1, wallGrowth: 3, lost: 2 }],
    ]
    expect(worstOf(rows)).toEqual({ cpuGrowth: 1.1, wallGrowth: 3, lost: 3 })
  })

  it('has no growth without a second step', () => {
    expect(worstOf([[{ cpu: 1 }]])).toEqual({ lost: 0 })
  })
})
