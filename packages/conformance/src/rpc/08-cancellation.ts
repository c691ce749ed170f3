import type { RequestContext } from '@botbus/core'
import { expect, vi } from 'vitest'
import { eventually, failure } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

export function cancellation({ promise }: Suite): void {
  promise(8, 'a caller that aborts gets CANCELLED at once; the late result is dropped and counted', async (stage) => {
    const [server, client] = [await stage.open(), await stage.open()]
    const result = Promise.withResolvers<string>()
    const handler = vi.fn(() => result.promise)
    await server.bus.serve(stage.topic('work'), handler)
    const controller = new AbortController()
    const call = failure(client.bus.call(stage.topic('work'), {}, { signal: controller.signal }))
    await eventually(() => expect(handler).toHaveBeenCalledOnce())
    controller.abort(new Error('enough'))
    expect(client.bus.pendingCalls).toBe(0)
    expect(await call).toMatchObject({ code: 'CANCELLED', outcome: 'unknown' })
    result.resolve('too late')
    await eventually(() => expect(client.dropped('late_reply')).toHaveLength(1))
    const early = await failure(client.bus.call(stage.topic('work'), {}, { signal: AbortSignal.abort() }))
    expect(early).toMatchObject({ code: 'CANCELLED', outcome: 'not_sent' })
    expect(await client.bus.call(stage.topic('work'))).toBe('too late')
    expect(handler).toHaveBeenCalledTimes(2)
  })

  promise(
    8,
    'the abort fires the signal of the handler where the capability says so, and not elsewhere',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const signals: AbortSignal[] = []
      await server.bus.serve(stage.topic('work'), (_, context: RequestContext) => {
        signals.push(context.signal)
        return signals.length > 1 ? 'second' : new Promise(() => undefined)
      })
      const controller = new AbortController()
      const call = failure(client.bus.call(stage.topic('work'), {}, { signal: controller.signal }))
      await eventually(() => expect(signals).toHaveLength(1))
      controller.abort()
      expect((await call).code).toBe('CANCELLED')
      if (stage.capabilities.cancellation) {
        await eventually(() => expect(signals[0]?.aborted).toBe(true))
        expect(signals[0]?.reason).toMatchObject({ code: 'CANCELLED' })
      }
      // Whatever the abort set off has arrived before a later call is answered.
      expect(await client.bus.call(stage.topic('work'))).toBe('second')
      expect(signals.map(({ aborted }) => aborted)).toEqual([stage.capabilities.cancellation, false])
    },
  )
}
