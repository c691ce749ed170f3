import type { BrokerKind } from '../contenders/contender.ts'
import { median, ratio } from '../statistics.ts'
import type { MeasureKind, Result } from '../work/work.ts'

/** Objects of the JSON file: one for each contender and measure. Figures are `null` where nothing was measured. */
export interface Measure {
  readonly broker: BrokerKind
  readonly work: string
  readonly contender: string
  readonly measure: string
  readonly unit: string
  readonly median: number | null
  readonly min: number | null
  readonly max: number | null
  readonly sum: number | null
  /** By round. */
  readonly rounds: readonly (number | null)[]
  /** The median of the ratios of each round. */
  readonly ratioToFloor: number | null
  /** Why the contender was not measured to the end. */
  readonly failure?: string
}

const FLOOR = 'floor'

export function toMeasures(
  broker: BrokerKind,
  work: { readonly name: string; readonly measures: readonly MeasureKind[] },
  results: readonly Result[],
): readonly Measure[] {
  const floor = results.find(({ contender }) => contender === FLOOR)
  return results.flatMap((result) =>
    work.measures.map(({ name, unit }) => {
      const rounds = column(result, name)
      const values = rounds.filter((value) => value !== null)
      return {
        broker,
        work: work.name,
        contender: result.contender,
        measure: name,
        unit,
        median: median(values),
        min: values.length > 0 ? Math.min(...values) : null,
        max: values.length > 0 ? Math.max(...values) : null,
        sum: values.length > 0 ? values.reduce((sum, value) => sum + value, 0) : null,
        rounds,
        ratioToFloor: floor ? ratio(rounds, column(floor, name)) : null,
        ...(result.failure === undefined ? {} : { failure: result.failure }),
      }
    }),
  )
}

function column(result: Result, name: string): (number | null)[] {
  return result.samples.map((sample) => sample[name] ?? null)
}
