import type { BrokerKind } from '../contenders/contender.ts'
import type { Entry } from '../contenders/index.ts'
import type { Plan } from '../plan.ts'
import type { PairPool } from './pair-pool.ts'

/** One thing that is measured, on one broker, for all contenders. */
export interface Work {
  readonly name: string
  /** Heading of its table: what is done, in some words. */
  readonly title: string
  /** Columns of its table, in order. What a contender did not measure stays empty. */
  readonly measures: readonly MeasureKind[]
  /** One result for each contender, also for one that failed. Rejects only when nobody can be measured. */
  run(context: WorkContext): Promise<readonly Result[]>
}

export interface MeasureKind {
  readonly name: string
  readonly label: string
  readonly unit: string
  /** `ratio` shows min, max and the ratio to the floor beside the median, `range` min and max, `sum` and `worst` one figure. */
  readonly shows: 'ratio' | 'range' | 'median' | 'sum' | 'worst'
  readonly digits: number
  /** What is above stands in bold. For `median`. */
  readonly atMost?: number
}

export interface WorkContext {
  readonly broker: BrokerKind
  readonly url: string
  /** Of the broker's process group. */
  readonly pid: number | undefined
  readonly contenders: readonly Entry[]
  readonly plan: Plan
  readonly pairs: PairPool
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What is done now. */
  progress(text: string): void
  /** What must not be overlooked, such as a contender that failed. */
  note(text: string): void
}

export interface Result {
  readonly contender: string
  /** One for each round; the same index is the same round for all contenders. */
  readonly samples: readonly Sample[]
  /** Why there are no more of them. */
  readonly failure?: string
}

/** What one round has measured, by the name of the measure. */
export type Sample = Readonly<Record<string, number>>
