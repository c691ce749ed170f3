import { connectBus } from '@botbus/core'
import { expect } from 'vitest'
import { startTcpProxy } from '../faults/tcp-proxy.ts'
import { eventually, failure, nextState } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** Seconds. */
const KEEPALIVE = 1
/** Milliseconds: twice the keep-alive time, and one second for a busy machine. */
const BOUND = 2 * KEEPALIVE * 1_000 + 1_000

export function frozenLink({ promise, fault }: Suite): void {
  fault(
    27,
    'a link on which everything is lost is noticed within 2 x keepalive + 1 s, and comes back',
    async (stage) => {
      const { proxy, target } = stage.faults.proxied()
      const server = await stage.open()
      const client = await stage.open({ target: { ...target, keepalive: KEEPALIVE, connectTimeout: 1_000 } })
      await server.bus.serve(stage.topic('s'), (request) => request)
      const received: unknown[] = []
      await client.bus.subscribe(stage.topic('t'), ({ data }) => received.push(data))
      expect(await client.bus.call(stage.topic('s'), 'before')).toBe('before')
      const lost = nextState(client.bus, 'reconnecting')
      const pending = failure(client.bus.call(stage.topic('s'), 'lost', { timeout: 20_000 }))
      const started = performance.now()
      proxy.drop()
      await lost
      expect(performance.now() - started).toBeLessThan(BOUND)
      // How it ends is not known: it may have been answered before the link froze.
      await Promise.allSettled([pending])
      const back = nextState(client.bus, 'connected')
      proxy.restore()
      await back
      expect(await client.bus.call(stage.topic('s'), 'after')).toBe('after')
      await server.bus.publish(stage.topic('t'), 'after', { qos: 1 })
      await eventually(() => expect(received).toEqual(['after']))
    },
  )

  fault(27, 'an idle link, and a subscriber’s that only listens, is noticed as well', async (stage) => {
    const { proxy, target } = stage.faults.proxied()
    const client = await stage.open({ target: { ...target, keepalive: KEEPALIVE, connectTimeout: 1_000 } })
    await client.bus.subscribe(stage.topic('t'), () => undefined)
    const lost = nextState(client.bus, 'reconnecting')
    proxy.drop()
    const started = performance.now()
    await lost
    expect(performance.now() - started).toBeLessThan(BOUND)
  })

  fault(
    27,
    'a broker process that is frozen is noticed the same way, and calls in flight reject then',
    async (stage) => {
      const options = { target: { keepalive: KEEPALIVE, connectTimeout: 1_000 } }
      const [server, client] = [await stage.open(options), await stage.open(options)]
      const handling = Promise.withResolvers<void>()
      await server.bus.serve(stage.topic('s'), () => {
        handling.resolve()
        return new Promise(() => undefined)
      })
      const call = failure(client.bus.call(stage.topic('s'), {}, { timeout: 20_000 }))
      await handling.promise
      const lost = nextState(client.bus, 'reconnecting')
      stage.faults.freeze()
      const started = performance.now()
      await lost
      expect(performance.now() - started).toBeLessThan(BOUND)
      expect(await call).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
      stage.faults.thaw()
      await eventually(() => expect(client.bus.state.status).toBe('connected'))
    },
  )

  promise(
    27,
    'connecting to a port that stays silent ends with NOT_CONNECTED, or CANCELLED when told to',
    async (stage) => {
      const { port, url } = stage.broker
      if (port === undefined) stage.skip('no network between client and broker')
      const silent = stage.keep(await startTcpProxy())
      const target = { url: url.replace(`:${port}`, `:${silent.port}`), connectTimeout: 500 }
      const started = performance.now()
      expect((await failure(connectBus(stage.transport(target)))).code).toBe('NOT_CONNECTED')
      expect(performance.now() - started).toBeLessThan(2_500)
      const controller = new AbortController()
      const options = { signal: controller.signal }
      const connecting = failure(connectBus(stage.transport({ ...target, connectTimeout: 30_000 }), options))
      await eventually(() => expect(silent.connections).toBeGreaterThan(0))
      controller.abort()
      expect((await connecting).code).toBe('CANCELLED')
      await eventually(() => expect(silent.connections).toBe(0))
    },
  )
}
