import { expect, vi } from 'vitest'
import { startPeer } from '../peer/peer-process.ts'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** Milliseconds that closing may take after its grace time. */
const BOUND = 4_000

export function close({ promise, fault }: Suite): void {
  promise(24, 'close() takes nothing new and lets running handlers answer within the grace time', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const result = Promise.withResolvers<string>()
    const handler = vi.fn(() => result.promise)
    await server.bus.serve(stage.topic('s'), handler)
    const running = client.bus.call(stage.topic('s'))
    await eventually(() => expect(handler).toHaveBeenCalledOnce())
    const closing = server.bus.close({ grace: 30_000 })
    expect((await failure(server.bus.serve(stage.topic('s'), handler))).code).toBe('CLOSED')
    await eventually(async () => {
      const { code } = await failure(client.bus.call(stage.topic('s'), {}, { timeout: 300 }))
      expect(code).toBe(stage.capabilities.noResponder === 'definite' ? 'NO_RESPONDER' : code)
    })
    const calls = handler.mock.calls.length
    await failure(client.bus.call(stage.topic('s'), {}, { timeout: 300 }))
    expect(handler).toHaveBeenCalledTimes(calls)
    result.resolve('answered')
    expect(await running).toBe('answered')
    await closing
    expect(server.bus.state.status).toBe('closed')
  })

  promise(
    24,
    'close() rejects what is pending, and everything afterwards; a second one is the first one',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const handler = vi.fn(() => new Promise(() => undefined))
      await server.bus.serve(stage.topic('s'), handler)
      const pending = failure(client.bus.call(stage.topic('s')))
      await eventually(() => expect(handler).toHaveBeenCalledOnce())
      const closing = client.bus.close()
      expect(client.bus.close()).toBe(closing)
      expect(await pending).toMatchObject({ code: 'CLOSED', outcome: 'unknown' })
      await closing
      expect(await failure(client.bus.call(stage.topic('s')))).toMatchObject({ code: 'CLOSED', outcome: 'not_sent' })
      expect((await failure(client.bus.publish(stage.topic('t'), 1))).code).toBe('CLOSED')
      expect((await failure(client.bus.subscribe(stage.topic('t'), () => undefined))).code).toBe('CLOSED')
      const transport = client.transport
      expect(transport.close()).toBe(transport.close())
      await transport.close()
    },
  )

  promise(24, 'handlers that outlast the grace time are told, and not waited for', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const aborted = vi.fn()
    const handler = vi.fn((_: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', aborted)
      return new Promise(() => undefined)
    })
    await server.bus.serve(stage.topic('s'), handler)
    const call = failure(client.bus.call(stage.topic('s'), {}, { timeout: 1_000 }))
    await eventually(() => expect(handler).toHaveBeenCalledOnce())
    const started = performance.now()
    await server.bus.close({ grace: 100 })
    expect(performance.now() - started).toBeLessThan(100 + BOUND)
    expect(aborted).toHaveBeenCalledOnce()
    expect((await call).code).toBe('TIMEOUT')
  })

  promise(24, 'close() leaves no timer and no socket: the process ends by itself', async (stage) => {
    const peer = await startPeer(stage, { serve: { address: stage.topic('echo') } })
    const client = await stage.open()
    expect(await client.bus.call(stage.topic('echo'), 'up')).toBe('up')
    const started = performance.now()
    expect(await peer.close()).toBe(0)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  fault(24, 'closing does not hang while the broker is frozen', async (stage) => {
    const { bus } = await stage.open()
    await bus.subscribe(stage.topic('t'), () => undefined)
    stage.faults.freeze()
    const started = performance.now()
    await bus.close({ grace: 500 })
    expect(performance.now() - started).toBeLessThan(500 + BOUND)
  })

  fault(24, 'closing does not hang while the broker is gone', async (stage) => {
    const { bus } = await stage.open()
    await bus.subscribe(stage.topic('t'), () => undefined)
    await stage.faults.kill()
    await eventually(() => expect(bus.state.status).toBe('reconnecting'))
    const started = performance.now()
    await bus.close({ grace: 500 })
    expect(performance.now() - started).toBeLessThan(500 + BOUND)
  })
}
