import { lastWill } from '@botbus/bridge'
import { expect } from 'vitest'
import { startBotProcess } from '../peer/bot-process.ts'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'
import { atLaterTime } from './clock.ts'

/** How soon a last will is there, in ms. Without one, it takes 30 s of silence. */
const WILL = 5_000
/** Milliseconds. */
const BEAT = 100

export function killedBot({ promise }: Suite): void {
  promise(
    'bridge',
    'a bot process that is killed is noticed: by its last will at once, else by the silence of its heartbeats',
    async (stage) => {
      const bots = new Bots(stage)
      const found = await bots.directory()
      const id = bots.id('doomed')
      const target = stage.capabilities.lastWill ? { lastWill: lastWill({ id }) } : {}
      const process = await startBotProcess(stage, { id, heartbeatInterval: BEAT }, target)
      await eventually(() => expect(found.get(id)).toMatchObject({ health: 'online' }))
      const client = await bots.client(id)
      expect(await client.status()).toMatchObject({ data: 'fine' })
      await process.kill()
      const killed = performance.now()
      if (stage.capabilities.lastWill) {
        await eventually(() => expect(found.get(id)).toMatchObject({ health: 'offline' }))
        expect(performance.now() - killed).toBeLessThan(WILL)
      } else {
        const lastSeen = (): number => found.get(id)?.lastSeen ?? 0
        await eventually(() => expect(Date.now() - lastSeen()).toBeGreaterThan(10 * BEAT))
        expect(found.get(id)).toMatchObject({ health: 'online' })
        expect(atLaterTime(31, () => found.get(id))).toMatchObject({ health: 'stale' })
      }
      if (stage.capabilities.noResponder === 'presence') {
        const call = atLaterTime(31, () => found.client(id).start())
        expect(await failure(call)).toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
      } else {
        await eventually(async () => {
          expect((await failure(client.start({}, { timeout: 500 }))).code).toBe('NO_RESPONDER')
        })
      }
    },
  )

  promise('bridge', 'a bot process that ends in order is offline at once', async (stage) => {
    const bots = new Bots(stage)
    const found = await bots.directory()
    const id = bots.id('leaving')
    const process = await startBotProcess(stage, { id, heartbeatInterval: BEAT }, {})
    await eventually(() => expect(found.get(id)).toMatchObject({ health: 'online' }))
    expect(await process.close()).toBe(0)
    await eventually(() => expect(found.get(id)).toMatchObject({ health: 'offline' }))
  })
}
