import { expect, vi } from 'vitest'
import type { Party } from '../stage/stage.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

export function duplicates({ promise }: Suite): void {
  promise(11, 'the same request delivered twice runs the handler once, and both get the same reply', async (stage) => {
    const server = await stage.open()
    const twice = await stage.open({
      alter: (own) => ({
        request: async (address, request) => {
          await own.request(address, request)
          await own.request(address, request)
        },
      }),
    })
    let runs = 0
    await server.bus.serve(stage.topic('count'), () => ++runs)
    expect(await twice.bus.call(stage.topic('count'))).toBe(1)
    await eventually(() => expect(twice.replies).toHaveLength(2))
    const [first, second] = twice.replies
    expect(second?.payload).toEqual(first?.payload)
    expect(second?.id).toBe(first?.id)
    expect(server.dropped('duplicate')).toHaveLength(1)
    expect(twice.dropped('late_reply')).toHaveLength(1)
    expect(runs).toBe(1)
  })

  promise(11, 'calls with one idempotency key run once, from any client, at once and later', async (stage) => {
    const [server, ...clients] = [await stage.open(), await stage.open(), await stage.open()]
    const result = Promise.withResolvers<string>()
    const handler = vi.fn(() => result.promise)
    await server.bus.serve(stage.topic('once'), handler)
    const options = { idempotencyKey: stage.group('key') }
    const call = ({ bus }: Party): Promise<unknown> => bus.call(stage.topic('once'), { a: 1 }, options)
    const calls = Promise.allSettled(clients.flatMap((client) => numbers(5).map(() => call(client))))
    await eventually(() => expect(handler).toHaveBeenCalledOnce())
    result.resolve('the one result')
    expect(await calls).toEqual(Array(10).fill({ status: 'fulfilled', value: 'the one result' }))
    for (const client of clients) expect(await call(client)).toBe('the one result')
    expect(handler).toHaveBeenCalledOnce()
    const misused = await failure(server.bus.call(stage.topic('once'), { a: 2 }, options))
    expect(misused).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'executed' })
  })
}
