import type { BrokerKind } from '../contenders/contender.ts'
import type { RoundSteps } from './rounds.ts'
import type { Sample, WorkContext } from './work.ts'

/** Something of which there can be ten times as much. */
export interface Subject {
  /** From the least load to the highest. */
  steps(broker: BrokerKind, isQuick: boolean): readonly number[]
  /** What is measured at a step, in order. Each step has the same ones. */
  phases(context: WorkContext, step: number): readonly Phase[]
}

export interface Phase extends Pick<RoundSteps, 'kind' | 'open' | 'round'>, Partial<Pick<RoundSteps, 'warmUp'>> {
  /** What its rows are called: `calls in flight`. */
  readonly name: string
  /** What one operation is counted as, see `withGrowth`. */
  readonly load?: number
  /** Default: those of the work. */
  readonly rounds?: number
  /** Those of our contenders that cannot take part on this broker. */
  readonly without?: readonly string[]
}

/** Milliseconds for what goes beyond a command's own time. */
export const WATCHDOG = 15_000

export function secondsOf({ plan }: WorkContext): number {
  return plan.isQuick ? plan.seconds : Math.min(plan.seconds, 0.5)
}

/** `duration` in ms. */
export function costs(operations: number, duration: number, lost: number): { sample: Sample; operations: number } {
  const wall = operations > 0 ? { wall: (duration * 1_000) / operations } : {}
  return { sample: { ...wall, lost, operations: operations + lost }, operations }
}

/** 1x, 10x and 100x; a quick run takes the first two. */
export function tenfold(first: number, isQuick: boolean): readonly number[] {
  return isQuick ? [first, 10 * first] : [first, 10 * first, 100 * first]
}
