import { describe, expect, it } from 'vitest'
import type { MeasureKind } from '../work/work.ts'
import { toMeasures } from './measure.ts'
import { table } from './table.ts'

const measures: readonly MeasureKind[] = [
  { name: 'rate', label: 'calls/s', unit: '1/s', shows: 'ratio', digits: 0 },
  { name: 'lost', label: 'lost', unit: 'calls', shows: 'sum', digits: 0 },
  { name: 'peak', label: 'MB', unit: 'MB', shows: 'worst', digits: 1 },
  { name: 'none', label: 'none', unit: '', shows: 'median', digits: 0 },
]
const results = [
  {
    contender: 'floor',
    samples: [
      { rate: 1_000, lost: 0, peak: 90 },
      { rate: 3_000, lost: 0, peak: 90 },
    ],
  },
  {
    contender: 'ours',
    samples: [
      { rate: 900, lost: 1, peak: 100.25 },
      { rate: 2_700, lost: 2, peak: 99 },
    ],
  },
  { contender: 'other', samples: [], failure: 'a | b' },
]
const work = { name: 'concurrent', measures }

describe('toMeasures', () => {
  it('makes one object for each contender and measure, with its rounds and its ratio to the floor', () => {
    const measured = toMeasures('mqtt', work, results)
    expect(measured).toHaveLength(12)
    expect(measured.find(({ contender, measure }) => contender === 'ours' && measure === 'rate')).toEqual({
      broker: 'mqtt',
      work: 'concurrent',
      contender: 'ours',
      measure: 'rate',
      unit: '1/s',
      median: 1_800,
      min: 900,
      max: 2_700,
      sum: 3_600,
      rounds: [900, 2_700],
      ratioToFloor: 0.9,
    })
  })

  it('keeps the reason of one that failed', () => {
    const failed = toMeasures('mqtt', work, results).filter(({ contender }) => contender === 'other')
    expect(failed.map(({ failure, median }) => [failure, median])).toEqual(Array(4).fill(['a | b', null]))
  })
})

describe('table', () => {
  it('has a row for each contender and a column for what was measured', () => {
    expect(table(measures, toMeasures('mqtt', work, results)).split('\n')).toEqual([
      '| contender | calls/s | lost | MB |  |',
      '| --- | ---: | ---: | ---: | ---: |',
      '| floor | 2,000 (1,000 to 3,000) ×1.00 | 0 | 90.0 |  |',
      '| ours | 1,800 (900 to 2,700) ×0.90 | 3 | 100.3 |  |',
      '| other |  |  |  | failed: a \\| b |',
    ])
  })

  it('has no column for failures when there are none', () => {
    expect(table(measures, toMeasures('mqtt', work, results.slice(0, 1))).split('\n')[0]).toBe(
      '| contender | calls/s | lost | MB |',
    )
  })

  it('has in bold what is above its limit', () => {
    const limited = [{ name: 'growth', label: '×', unit: '×', shows: 'median', digits: 2, atMost: 1.3 }] as const
    const rows = [
      { contender: 'ours', samples: [{ growth: 1.3 }] },
      { contender: 'floor', samples: [{ growth: 1.31 }] },
    ]
    const lines = table(limited, toMeasures('mqtt', { name: 'growth', measures: limited }, rows)).split('\n')
    expect(lines.slice(2)).toEqual(['| ours | 1.30 |', '| floor | **1.31** |'])
  })
})
