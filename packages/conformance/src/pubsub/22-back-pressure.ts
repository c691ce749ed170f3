import { expect } from 'vitest'
import { publishAll } from '../stage/publishing.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

const MEBIBYTE = 2 ** 20

export function backPressure({ promise }: Suite): void {
  promise(
    22,
    'never more than k listeners at once; what does not fit is dropped, the oldest first, and counted',
    async (stage) => {
      const [publisher, subscriber] = [await stage.open(), await stage.open()]
      const opened = Promise.withResolvers<void>()
      let [running, most] = [0, 0]
      const handled: number[] = []
      const listener = async ({ data }: { data: unknown }): Promise<void> => {
        most = Math.max(most, ++running)
        await opened.promise
        handled.push(data as number)
        running--
      }
      const options = { concurrency: 3, capacity: 50 }
      const subscription = await subscriber.bus.subscribe(stage.topic('t'), listener, options)
      await publishAll(publisher.bus, stage.topic('t'), numbers(500))
      await eventually(() => expect(subscription.dropped).toBe(500 - 53))
      expect(subscriber.dropped('overflow')).toHaveLength(500 - 53)
      opened.resolve()
      await eventually(() => expect(handled).toHaveLength(53))
      expect(most).toBe(3)
      if (stage.capabilities.ordering !== 'none') {
        expect(handled.toSorted((a, b) => a - b)).toEqual([0, 1, 2, ...numbers(50).map((index) => 450 + index)])
      }
    },
  )

  promise(22, 'a listener that stands still costs at most 64 MiB, whatever is sent', async (stage) => {
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    const opened = Promise.withResolvers<void>()
    let handled = 0
    const listener = async (): Promise<void> => {
      await opened.promise
      handled++
    }
    const subscription = await subscriber.bus.subscribe(stage.topic('t'), listener, { capacity: 10_000 })
    const size = Math.min(MEBIBYTE, stage.capabilities.maxPayload) - 1_024
    const count = Math.ceil((80 * MEBIBYTE) / size)
    for (const _ of numbers(count)) await publisher.bus.publish(stage.topic('t'), 'x'.repeat(size), { qos: 1 })
    const fitting = 1 + Math.floor((64 * MEBIBYTE) / (size + 2))
    await eventually(() => expect(subscription.dropped).toBeGreaterThanOrEqual(count - fitting - 1))
    opened.resolve()
    await eventually(() => expect(handled + subscription.dropped).toBe(count))
  })

  promise(
    22,
    'a service takes no more than it was told to; the others are answered RESOURCE_EXHAUSTED',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const opened = Promise.withResolvers<string>()
      let [running, most] = [0, 0]
      const handler = async (): Promise<string> => {
        most = Math.max(most, ++running)
        const answer = await opened.promise
        running--
        return answer
      }
      await server.bus.serve(stage.topic('s'), handler, { concurrency: 4, capacity: 6 })
      const calls = numbers(50).map((call) => client.bus.call(stage.topic('s'), call))
      const refused = calls.map((call) =>
        call.then(
          () => undefined,
          () => failure(call),
        ),
      )
      await eventually(() => expect(server.dropped('overflow')).toHaveLength(40))
      opened.resolve('done')
      const errors = (await Promise.all(refused)).filter((error) => error !== undefined)
      expect(errors.map(({ code, outcome }) => [code, outcome])).toEqual(
        Array(40).fill(['RESOURCE_EXHAUSTED', 'executed']),
      )
      expect(most).toBe(4)
    },
  )
}
