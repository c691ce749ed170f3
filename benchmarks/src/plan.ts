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
    /** Of the sequential calls of a round, and of the concurrent ones, at most. */
    readonly seconds: number
    /** As `budget`. */
    readonly budget: number
  }
  /** What a contender may use for all rounds of a work; when it is used up, by waiting for what it lost, it is asked no more. */
  readonly budget: number
  /** How many processes are started for each contender. */
  readonly spawns: number
}

export interface PlanOptions {
  readonly quick?: boolean
  readonly rounds?: number
  readonly seconds?: number
}

export function makePlan({ quick = false, rounds, seconds }: PlanOptions): Plan {
  const standard = quick ? { rounds: 3, seconds: 0.15, warmUp: 0.15 } : { rounds: 5, seconds: 1, warmUp: 2 }
  const time = { rounds: rounds ?? standard.rounds, seconds: seconds ?? standard.seconds }
  return {
    isQuick: quick,
    ...time,
    budget: 2 * time.rounds * time.seconds,
    warmUp: Math.min(standard.warmUp, 2 * time.seconds),
    reliability: {
      ...(quick ? { rounds: 3, seconds: 0.6, budget: 0.3 } : { rounds: 20, seconds: 5, budget: 10 }),
      sequential: 250,
      concurrent: 3_000,
    },
    spawns: quick ? 1 : 5,
  }
}
