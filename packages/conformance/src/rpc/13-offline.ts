import { expect, vi } from 'vitest'
import { failure, nextState } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

export function offline({ fault }: Suite): void {
  fault(13, 'what is done while offline fails fast, `not_sent`, and never happens later', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const handler = vi.fn((request: unknown) => request)
    const listener = vi.fn()
    await server.bus.serve(stage.topic('run'), handler)
    await server.bus.subscribe(stage.topic('news'), ({ data }) => listener(data))
    const down = nextState(client.bus, 'reconnecting')
    await stage.faults.kill()
    await down
    const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
    const started = performance.now()
    const call = await failure(client.bus.call(stage.topic('run'), 'offline'))
    expect([call.code, call.outcome]).toEqual(['NOT_CONNECTED', 'not_sent'])
    const refused = await Promise.all([
      failure(client.bus.publish(stage.topic('news'), 'offline')),
      failure(client.bus.publish(stage.topic('news'), 'offline', { qos: 1 })),
      failure(client.bus.subscribe(stage.topic('news'), listener)),
      failure(client.bus.serve(stage.topic('other'), handler)),
    ])
    expect(refused.map(({ code }) => code)).toEqual(Array(4).fill('NOT_CONNECTED'))
    expect(performance.now() - started).toBeLessThan(500)

    await stage.faults.start()
    await back
    expect(await client.bus.call(stage.topic('run'), 'online')).toBe('online')
    await client.bus.publish(stage.topic('news'), 'online', { qos: 1 })
    await vi.waitFor(() => expect(listener).toHaveBeenCalled(), 10_000)
    expect(handler.mock.calls.map(([request]) => request)).toEqual(['online'])
    expect(listener.mock.calls).toEqual([['online']])
  })
}
