import { median } from '../statistics.ts'
import type { Sample } from './work.ts'

/** What ten times the load may cost of what ten times as much would be: the rest is noise. */
export const TOLERANCE = 1.3

/** Costs of one operation, each with the measure that tells how it has grown since the step before. */
const COSTS: Readonly<Record<string, string>> = {
  cpu: 'cpuGrowth',
  brokerCpu: 'brokerGrowth',
  wall: 'wallGrowth',
}

interface Step {
  /** What one operation is counted as: 1 where it is one of many, its bytes where they are the load. */
  readonly load: number
  readonly samples: readonly Sample[]
}

/**
 * Adds how the cost of a unit of load has grown since the step before: 1 when n times the load costs n times as much, 2 when it
 * costs twice that. The first step has none.
 */
export function withGrowth(steps: readonly Step[]): readonly (readonly Sample[])[] {
  return steps.map(({ load, samples }, index) => {
    const before = steps[index - 1]
    if (!before) return samples
    const growths = Object.entries(COSTS).flatMap(([cost, growth]) => {
      const base = median(valuesOf(before.samples, cost))
      return base === null || base === 0 ? [] : [{ cost, growth, base: base / before.load }]
    })
    return samples.map((sample) => {
      const added = growths.flatMap(({ cost, growth, base }) => {
        const value = sample[cost]
        return value === undefined ? [] : [[growth, value / load / base] as const]
      })
      return { ...sample, ...Object.fromEntries(added) }
    })
  })
}

/** The highest growth of each cost over all rows, of which the median counts, and all that was lost. */
export function worstOf(rows: readonly (readonly Sample[])[]): Sample {
  const lost = rows.flat().reduce((sum, sample) => sum + (sample['lost'] ?? 0), 0)
  const worst = Object.values(COSTS).flatMap((growth) => {
    const medians = rows.flatMap((samples) => median(valuesOf(samples, growth)) ?? [])
    return medians.length > 0 ? [[growth, Math.max(...medians)] as const] : []
  })
  return { ...Object.fromEntries(worst), lost }
}

function valuesOf(samples: readonly Sample[], name: string): number[] {
  return samples.flatMap((sample) => sample[name] ?? [])
}
