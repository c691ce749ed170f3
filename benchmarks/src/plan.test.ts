import { describe, expect, it } from 'vitest'
import { makePlan } from './plan.ts'

describe('makePlan', () => {
  it('checks 20 rounds for lost replies unless it has to be quick', () => {
    expect(makePlan({}).reliability).toMatchObject({ rounds: 20, sequential: 250, concurrent: 3_000 })
    expect(makePlan({ quick: true }).reliability).toMatchObject({ rounds: 3, sequential: 250, concurrent: 3_000 })
  })

  it('takes rounds and seconds as they are given', () => {
    expect(makePlan({ quick: true, rounds: 7, seconds: 3 })).toMatchObject({ rounds: 7, seconds: 3, isQuick: true })
  })

  it('does not warm up for longer than two rounds', () => {
    expect(makePlan({ seconds: 0.05 }).warmUp).toBeCloseTo(0.1)
  })
})
