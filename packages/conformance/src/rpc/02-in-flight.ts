import { expect } from 'vitest'
import { numbers, shuffled } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const CALLS = 1_000

export function inFlight({ promise }: Suite): void {
  promise(
    2,
    '1,000 calls in flight, answered in random order: each gets its own reply, and none is left',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const waiting: (() => void)[] = []
      const serve = (request: unknown): Promise<unknown> => {
        const answer = new Promise((resolve) => waiting.push(() => resolve(request)))
        if (waiting.length === CALLS) for (const reply of shuffled(waiting)) reply()
        return answer
      }
      await server.bus.serve(stage.topic('hold'), serve, { concurrency: CALLS })
      const calls = numbers(CALLS).map((index) => client.bus.call(stage.topic('hold'), { index }))
      expect(client.bus.pendingCalls).toBe(CALLS)
      expect(await Promise.all(calls)).toEqual(numbers(CALLS).map((index) => ({ index })))
      expect(client.bus.pendingCalls).toBe(0)
      expect(client.replies).toHaveLength(CALLS)
      expect(client.dropped()).toEqual([])
    },
  )
}
