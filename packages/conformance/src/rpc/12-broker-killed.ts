import { expect, vi } from 'vitest'
import { eventually, failure, nextState, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const CALLS = 50

export function brokerKilled({ fault }: Suite): void {
  fault(
    12,
    'the broker is killed with 50 calls pending: all reject within 1 s, `unknown`, and nothing is sent again',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const handler = vi.fn((request: unknown) => (request === 'probe' ? 'ok' : new Promise(() => undefined)))
      await server.bus.serve(stage.topic('hang'), handler)
      const calls = numbers(CALLS).map((call) => failure(client.bus.call(stage.topic('hang'), call)))
      await eventually(() => expect(handler).toHaveBeenCalledTimes(CALLS))
      const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
      await stage.faults.kill()
      const killed = performance.now()
      const errors = await Promise.all(calls)
      expect(performance.now() - killed).toBeLessThan(1_000)
      expect(new Set(errors.map(({ code, outcome }) => `${code} ${outcome}`))).toEqual(
        new Set(['NOT_CONNECTED unknown']),
      )
      expect(client.bus.pendingCalls).toBe(0)

      await stage.faults.start()
      await back
      expect(await client.bus.call(stage.topic('hang'), 'probe')).toBe('ok')
      const requests = handler.mock.calls.map(([request]) => request)
      expect(requests.at(-1)).toBe('probe')
      expect(requests.slice(0, -1).toSorted((one, other) => Number(one) - Number(other))).toEqual(numbers(CALLS))
    },
  )
}
