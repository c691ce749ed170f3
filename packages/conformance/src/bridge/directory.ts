import { expect, vi } from 'vitest'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'
import { atLaterTime } from './clock.ts'

export function directory({ promise }: Suite): void {
  promise('bridge', 'a directory finds a bot, knows its run, and sees it leave and come back', async (stage) => {
    const bots = new Bots(stage)
    const found = await bots.directory()
    const id = bots.id('bot')
    const bridge = await bots.bridge({}, { heartbeatInterval: 200 })
    await eventually(() =>
      expect(found.get(id)).toMatchObject({ health: 'online', instance: expect.stringMatching(/^[0-9a-f]{16}$/) }),
    )
    await bridge.stop()
    await eventually(() => expect(found.get(id)).toMatchObject({ health: 'offline' }))
    await bots.bridge({}, { heartbeatInterval: 200 })
    await eventually(() => expect(found.get(id)).toMatchObject({ health: 'online' }))
  })

  promise(
    'bridge',
    'a bot that is not heard is late after 20 s and stale after 30 s, then no command is sent to it',
    async (stage) => {
      const bots = new Bots(stage)
      const found = await bots.directory()
      const id = bots.id('bot')
      const status = vi.fn(() => 'fine')
      await bots.bridge({ status }, { heartbeatInterval: 3_600_000 })
      await eventually(() => expect(found.get(id)).toMatchObject({ health: 'online' }))
      const healthAfter = (seconds: number): unknown => atLaterTime(seconds, () => found.get(id)?.health)
      expect([19, 21, 29, 31].map(healthAfter)).toEqual(['online', 'late', 'late', 'stale'])
      if (stage.capabilities.noResponder === 'definite') return
      const refused = await failure(atLaterTime(31, () => found.client(id).status()))
      expect(refused).toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
      expect(status).not.toHaveBeenCalled()
    },
  )

  promise('bridge', 'two bots with one id refuse every command but stop, until one is gone', async (stage) => {
    const bots = new Bots(stage)
    const found = await bots.directory()
    const bot = () => ({ start: vi.fn(() => 'started'), stop: vi.fn(() => 'stopped') })
    const [one, two] = [bot(), bot()]
    const id = bots.id('bot')
    const first = await bots.bridge(one, { heartbeatInterval: 200 })
    const second = await bots.bridge(two, { heartbeatInterval: 200 })
    await eventually(() => expect([first.hasConflict, second.hasConflict]).toEqual([true, true]))
    await eventually(() => expect(found.get(id)).toMatchObject({ health: 'conflict' }))
    expect(bots.warnings).toHaveLength(2)
    const client = await bots.client()
    expect(await client.start()).toEqual({ status: 400, msg: `another bot uses the id "${id}": only stop is accepted` })
    expect(await failure(found.client(id).start())).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
    expect(await client.stop()).toEqual({ status: 200, msg: 'stopped' })
    expect(one.stop.mock.calls.length + two.stop.mock.calls.length).toBeGreaterThan(0)
    await second.stop()
    await eventually(() => expect(first.hasConflict).toBe(false))
    await eventually(async () => expect(await client.start()).toMatchObject({ status: 200 }))
    expect(two.start).not.toHaveBeenCalled()
  })

  promise('bridge', 'a call of a bot that does not exist ends as the capability says', async (stage) => {
    const bots = new Bots(stage)
    const client = await bots.client(bots.id('nobody'))
    const { code, outcome } = await failure(client.stop({}, { timeout: 500 }))
    const canTell = stage.capabilities.noResponder !== 'presence'
    expect([code, outcome]).toEqual(canTell ? ['NO_RESPONDER', 'not_sent'] : ['TIMEOUT', 'unknown'])
  })
}
