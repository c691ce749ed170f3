import { expect, vi } from 'vitest'
import { eventually, nextState, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const RESTARTS = [1, 2]

export function restart({ fault }: Suite): void {
  fault(
    14,
    'after a broker restart calls, servers and subscriptions work again without user code, each once',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const handler = vi.fn((request: unknown) => request)
      const listener = vi.fn()
      await server.bus.serve(stage.topic('one'), handler)
      if (stage.capabilities.wildcards) await server.bus.serve(stage.topic('many/+'), handler)
      else await server.bus.serve(stage.topic('many/1'), handler)
      await server.bus.subscribe(stage.topic('news'), ({ data }) => listener(data))
      const gone = await server.bus.serve(stage.topic('gone'), handler)
      for (const round of RESTARTS) {
        const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
        await stage.faults.kill()
        await eventually(() => expect(server.bus.state.status).toBe('reconnecting'))
        await gone.close()
        await stage.faults.start()
        await back
        handler.mockClear()
        listener.mockClear()
        const calls = numbers(20).map((call) => client.bus.call(stage.topic(call % 2 ? 'one' : 'many/1'), call))
        expect(await Promise.all(calls), `round ${round}`).toEqual(numbers(20))
        expect(handler).toHaveBeenCalledTimes(20)
        await client.bus.publish(stage.topic('news'), round, { qos: 1 })
        await eventually(() => expect(listener.mock.calls).toEqual([[round]]))
      }
      expect(client.problems()).toEqual([])
      expect(server.problems()).toEqual([])
    },
  )

  fault(14, 'a link that is reset comes back by itself, and only once', async (stage) => {
    const { proxy, target } = stage.faults.proxied()
    const server = await stage.open()
    const client = await stage.open({ target })
    await server.bus.serve(stage.topic('echo'), (request) => request)
    const states: string[] = []
    client.bus.onState(({ status }) => void states.push(status))
    const back = nextState(client.bus, 'connected')
    proxy.reset()
    await back
    expect(await client.bus.call(stage.topic('echo'), 'again')).toBe('again')
    expect(states).toEqual(['reconnecting', 'connected'])
  })

  fault(14, 'a link that is slow and narrow carries calls all the same', async (stage) => {
    const { proxy, target } = stage.faults.proxied()
    const server = await stage.open()
    const client = await stage.open({ target })
    await server.bus.serve(stage.topic('echo'), (request) => request)
    proxy.delay(20)
    proxy.throttle(2_000_000)
    const text = 'x'.repeat(20_000)
    const answers = await Promise.all(numbers(10).map(() => client.bus.call(stage.topic('echo'), text)))
    expect(answers).toEqual(numbers(10).map(() => text))
  })
}
