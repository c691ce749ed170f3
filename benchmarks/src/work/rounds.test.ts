import { describe, expect, it } from 'vitest'
import type { Entry } from '../contenders/index.ts'
import { makePlan } from '../plan.ts'
import type { Pair, PairPool } from './pair-pool.ts'
import { runRounds } from './rounds.ts'
import type { WorkContext } from './work.ts'

const usage = { cpuSeconds: 1, peakBytes: 5_000_000 }

function contextOf(names: readonly string[]): { context: WorkContext; dropped: string[]; notes: string[] } {
  const dropped: string[] = []
  const notes: string[] = []
  const peer = { ask: async () => usage }
  const pairs = {
    keep: async () => undefined,
    get: async () => ({ client: peer, server: peer, done: new Set() }) as unknown as Pair,
    drop: async (name: string) => void dropped.push(name),
  } as unknown as PairPool
  const contenders = names.map((name) => ({ name }) as Entry)
  const context: WorkContext = {
    broker: 'mqtt',
    url: 'mqtt://127.0.0.1:1',
    pid: undefined,
    contenders,
    plan: makePlan({ quick: true }),
    pairs,
    signal: new AbortController().signal,
    progress: () => undefined,
    note: (text) => void notes.push(text),
  }
  return { context, dropped, notes }
}

const steps = { kind: 'rpc', rounds: 3, budget: 60, open: async () => undefined, warmUp: async () => undefined }

describe('runRounds', () => {
  it('visits all contenders in each round, in another order each time', async () => {
    const visited: string[] = []
    const { context } = contextOf(['a', 'b', 'c'])
    const results = await runRounds(context, {
      ...steps,
      async round(_, { name }) {
        visited.push(name)
        return { sample: { rate: 1 }, operations: 10_000 }
      },
    })
    expect(visited.join('')).toBe('abcbcacab')
    expect(results.map(({ contender, samples }) => [contender, samples.length])).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 3],
    ])
    expect(results[0]?.samples[0]).toEqual({ rate: 1, cpu: 0, clientPeak: 5, serverPeak: 5 })
  })

  it('reports a contender that fails, lets go of its processes and goes on with the others', async () => {
    const { context, dropped, notes } = contextOf(['a', 'b'])
    const results = await runRounds(context, {
      ...steps,
      async round(_, { name }) {
        if (name === 'a') throw new Error('it hangs')
        return { sample: { rate: 1 }, operations: 1 }
      },
    })
    expect(results[0]).toEqual({ contender: 'a', samples: [], failure: 'it hangs' })
    expect(results[1]?.samples).toHaveLength(3)
    expect(dropped).toEqual(['a'])
    expect(notes).toEqual(['a failed: it hangs'])
  })

  it('asks no further rounds of one that has used up its time, unless it is ours', async () => {
    const { context } = contextOf(['a', 'ours'])
    const results = await runRounds(context, {
      ...steps,
      budget: 0,
      round: async () => ({ sample: {}, operations: 1 }),
    })
    expect(results[0]?.samples).toHaveLength(1)
    expect(results[0]).not.toHaveProperty('failure')
    expect(results[1]?.samples).toHaveLength(3)
  })

  it('ends at once when it is interrupted', async () => {
    const interruption = new AbortController()
    const { context } = contextOf(['a', 'b'])
    const rounds = runRounds(
      { ...context, signal: interruption.signal },
      {
        ...steps,
        round: async () => {
          interruption.abort()
          throw new Error('its process was ended')
        },
      },
    )
    await expect(rounds).rejects.toThrow('aborted')
  })
})
