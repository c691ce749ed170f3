import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestContext } from '@botbus/core'
import { expect, vi } from 'vitest'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

export function deadline({ promise, fault }: Suite): void {
  promise(7, 'the handler sees the time left, and its signal fires at the deadline', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const left: number[] = []
    const reasons: unknown[] = []
    // It answers when the caller has given up: at the deadline the two would race.
    const result = Promise.withResolvers<string>()
    await server.bus.serve(stage.topic('slow'), (_, context: RequestContext) => {
      left.push(context.timeLeft())
      context.signal.addEventListener('abort', () => {
        reasons.push(context.signal.reason)
        left.push(context.timeLeft())
      })
      return result.promise
    })
    const error = await failure(client.bus.call(stage.topic('slow'), {}, { timeout: 500 }))
    expect(error.code).toBe('TIMEOUT')
    await eventually(() => expect(left).toHaveLength(2))
    result.resolve('too late')
    expect(left[0]).toBeGreaterThan(0)
    expect(left[0]).toBeLessThanOrEqual(500)
    expect(left[1]).toBeLessThan(50)
    expect(reasons).toMatchObject([{ code: expect.stringMatching(/TIMEOUT|CANCELLED/) }])
  })

  promise(7, 'a request that is delivered after its deadline never reaches the handler', async (stage) => {
    const server = await stage.open()
    const client = await stage.open({
      alter: (own) => ({
        request: async (address, request) => {
          await sleep(JSON.parse(request.payload).data === 'late' || request.payload === '"late"' ? 150 : 0)
          return own.request(address, request)
        },
      }),
    })
    const handler = vi.fn((request: unknown) => request)
    await server.bus.serve(stage.topic('run'), handler)
    const error = await failure(client.bus.call(stage.topic('run'), 'late', { timeout: 100 }))
    expect(error.code).toBe('TIMEOUT')
    await eventually(() => expect(server.dropped('expired')).toHaveLength(1))
    expect(await client.bus.call(stage.topic('run'), 'in time')).toBe('in time')
    expect(handler.mock.calls.map(([request]) => request)).toEqual(['in time'])
  })

  promise(7, 'a request that waits in the server past its deadline never reaches the handler', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const first = Promise.withResolvers<string>()
    const handler = vi.fn((request: unknown) => (request === 'first' ? first.promise : request))
    await server.bus.serve(stage.topic('one'), handler, { concurrency: 1 })
    const running = client.bus.call(stage.topic('one'), 'first')
    await eventually(() => expect(handler).toHaveBeenCalledOnce())
    expect((await failure(client.bus.call(stage.topic('one'), 'second', { timeout: 100 }))).code).toBe('TIMEOUT')
    first.resolve('done')
    expect(await running).toBe('done')
    expect(await client.bus.call(stage.topic('one'), 'third')).toBe('third')
    expect(handler.mock.calls.map(([request]) => request)).toEqual(['first', 'third'])
  })

  fault(7, 'a request that a frozen broker held past its deadline never reaches the handler', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const handler = vi.fn((request: unknown) => request)
    await server.bus.serve(stage.topic('run'), handler)
    expect(await client.bus.call(stage.topic('run'), 'before')).toBe('before')
    stage.faults.freeze()
    expect((await failure(client.bus.call(stage.topic('run'), 'held', { timeout: 300 }))).code).toBe('TIMEOUT')
    stage.faults.thaw()
    expect(await client.bus.call(stage.topic('run'), 'after')).toBe('after')
    expect(handler.mock.calls.map(([request]) => request)).toEqual(['before', 'after'])
  })
}
