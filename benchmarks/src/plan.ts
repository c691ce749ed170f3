/** How much is measured. Times in seconds. */
export interface Plan {
  readonly isQuick: boolean
  readonly rounds: number
  /** Of one round of one contender. */
  readonly seconds: number
  /** Of a new pair of processes; a work that follows on the same pair takes a quarter. */
  readonly warmUp: number
  readonly reliability: {
    readonly rounds: number
    readonly sequential: number
    readonly concurrent: number
    /** A contender that has used it up is not asked for further rounds. */
    readonly budget: number
  }
  /** How many processes are started for each contender. */
  readonly spawns: number
}

export interface PlanOptions {
  readonly quick?: boolean
  readonly rounds?: number
  readonly seconds?: number
}

export function makePlan({ quick = false, rounds, seconds }: PlanOptions): Plan {
  const standard = quick ? { rounds: 3, seconds: 0.3, warmUp: 0.3 } : { rounds: 5, seconds: 1, warmUp: 2 }
  return {
    isQuick: quick,
    rounds: rounds ?? standard.rounds,
    seconds: seconds ?? standard.seconds,
    warmUp: Math.min(standard.warmUp, 2 * (seconds ?? standard.seconds)),
    reliability: { rounds: quick ? 3 : 20, sequential: 250, concurrent: 3_000, budget: quick ? 1 : 10 },
    spawns: quick ? 2 : 5,
  }
}
