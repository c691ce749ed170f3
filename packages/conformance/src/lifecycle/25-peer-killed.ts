import { expect } from 'vitest'
import { startPeer } from '../peer/peer-process.ts'
import type { Party } from '../stage/stage.ts'
import { eventually, failure, nextState } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** A broker sees the socket of a killed process close: this is long. In ms. */
const BOUND = 5_000

/** How long it takes until calls to an address are refused. */
async function untilRefused({ bus }: Party, address: string): Promise<number> {
  const started = performance.now()
  await eventually(async () => {
    expect((await failure(bus.call(address, {}, { timeout: 500 }))).code).toBe('NO_RESPONDER')
  })
  return performance.now() - started
}

export function peerKilled({ promise, fault }: Suite): void {
  promise(
    25,
    'a server that is killed is noticed: calls are refused where the capability says so, and time out elsewhere',
    async (stage) => {
      const peer = await startPeer(stage, { serve: { address: stage.topic('s') } })
      const client = await stage.open()
      expect(await client.bus.call(stage.topic('s'), 'up')).toBe('up')
      await peer.kill()
      if (stage.capabilities.noResponder === 'presence') {
        const error = await failure(client.bus.call(stage.topic('s'), {}, { timeout: 500 }))
        expect([error.code, error.outcome]).toEqual(['TIMEOUT', 'unknown'])
      } else {
        expect(await untilRefused(client, stage.topic('s'))).toBeLessThan(BOUND)
      }
    },
  )

  promise(25, 'the last will of a process is published when it is killed, and not when it closes', async (stage) => {
    const lastWill = { topic: stage.topic('will'), payload: '"dead"' }
    const wills: unknown[] = []
    if (!stage.capabilities.lastWill) stage.skip('no last will: the heartbeats of bots tell')
    const watcher = await stage.open()
    await watcher.bus.subscribe(lastWill.topic, ({ data }) => wills.push(data))
    const closing = await startPeer(stage, {}, { lastWill })
    expect(await closing.close()).toBe(0)
    const killed = await startPeer(stage, {}, { lastWill })
    const started = performance.now()
    await killed.kill()
    await eventually(() => expect(wills.length).toBeGreaterThan(0))
    expect(performance.now() - started).toBeLessThan(BOUND)
    expect(wills).toEqual(['dead'])
  })

  promise(25, 'a server that closes is gone at once', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    await server.bus.serve(stage.topic('s'), () => 'up')
    expect(await client.bus.call(stage.topic('s'))).toBe('up')
    await server.bus.close()
    const { code } = await failure(client.bus.call(stage.topic('s'), {}, { timeout: 500 }))
    expect(code).toBe(stage.capabilities.noResponder === 'presence' ? 'TIMEOUT' : 'NO_RESPONDER')
  })

  fault(
    25,
    'a server that is back after a short break never flaps: one break, one return, then every call works',
    async (stage) => {
      const { proxy, target } = stage.faults.proxied()
      const [server, client] = [await stage.open({ target }), await stage.open()]
      await server.bus.serve(stage.topic('s'), (request) => request)
      const states: string[] = []
      for (const { bus } of [server, client]) bus.onState(({ status }) => void states.push(status))
      const back = nextState(server.bus, 'connected')
      proxy.hangUp()
      await back
      for (let call = 0; call < 20; call++) expect(await client.bus.call(stage.topic('s'), call)).toBe(call)
      expect(states).toEqual(['reconnecting', 'connected'])
    },
  )
}
