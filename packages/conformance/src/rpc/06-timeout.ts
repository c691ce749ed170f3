import { expect } from 'vitest'
import { eventually, failure, median, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const TIMEOUT = 200
const CALLS = 5

export function timeout({ promise }: Suite): void {
  promise(
    6,
    'no answer: TIMEOUT within the timeout +/- 50 ms, nothing left; late replies are dropped and counted',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const late = Promise.withResolvers<string>()
      let asked = 0
      await server.bus.serve(stage.topic('late'), () => {
        asked++
        return late.promise
      })
      const durations: number[] = []
      for (const _ of numbers(CALLS)) {
        const started = performance.now()
        const error = await failure(client.bus.call(stage.topic('late'), {}, { timeout: TIMEOUT }))
        durations.push(performance.now() - started)
        expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
      }
      expect(asked).toBe(CALLS)
      // One of them may be held up by a busy machine; most are not.
      expect(Math.abs(median(durations) - TIMEOUT), `each took ${durations.map(Math.round)} ms`).toBeLessThan(50)
      expect(client.bus.pendingCalls).toBe(0)

      late.resolve('too late')
      await eventually(() => expect(client.dropped('late_reply')).toHaveLength(CALLS))
      expect(client.replies).toHaveLength(CALLS)
      expect(await client.bus.call(stage.topic('late'))).toBe('too late')
      expect(client.dropped()).toHaveLength(CALLS)
    },
  )
}
