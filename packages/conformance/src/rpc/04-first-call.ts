import { connectBus } from '@botbus/core'
import { expect } from 'vitest'
import type { Suite } from '../suite.ts'

export function firstCall({ promise, subject }: Suite): void {
  const rounds = Math.min(100, subject.rounds ?? 100)
  promise(
    4,
    `the first call right after connect succeeds, ${rounds} times in a row, from a server that answers in the same tick`,
    async (stage) => {
      if (rounds < 100) stage.note(`${rounds} connects instead of 100`)
      const server = await stage.open()
      await server.bus.serve(stage.topic('now'), (request) => request)
      for (let round = 0; round < rounds; round++) {
        await using bus = await connectBus(stage.transport())
        expect(await bus.call(stage.topic('now'), round, { timeout: 5_000 })).toBe(round)
      }
    },
    { timeout: 120_000 },
  )
}
