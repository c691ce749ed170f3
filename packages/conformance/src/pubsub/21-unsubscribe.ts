import { expect, vi } from 'vitest'
import { rawLink } from '../stage/raw-link.ts'
import type { Party } from '../stage/stage.ts'
import { eventually, failure, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'

/** Publishes without a pause until it is stopped. */
function flood({ bus }: Party, topic: string): () => Promise<void> {
  let isRunning = true
  const running = (async () => {
    for (let index = 0; isRunning; index++) {
      await bus.publish(topic, index, { qos: index % 10 === 0 ? 1 : 0 })
      if (index % 50 === 0) await new Promise(setImmediate)
    }
  })()
  return () => {
    isRunning = false
    return running
  }
}

export function unsubscribe({ promise }: Suite): void {
  promise(21, 'no listener runs after unsubscribe resolved, while messages stream in', async (stage) => {
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    let seen = 0
    await subscriber.bus.subscribe(stage.topic('t'), () => seen++)
    const stop = flood(publisher, stage.topic('t'))
    const late: string[] = []
    for (const round of numbers(20)) {
      let isClosed = false
      let count = 0
      const subscription = await subscriber.bus.subscribe(stage.topic('t'), () => {
        count++
        if (isClosed) late.push(`round ${round}`)
      })
      await eventually(() => expect(count).toBeGreaterThan(0))
      await subscription.close()
      isClosed = true
      const before = seen
      await eventually(() => expect(seen).toBeGreaterThan(before))
    }
    await stop()
    expect(late).toEqual([])
  })

  promise(
    21,
    'no handler gets a call that was made after its service was closed, while calls stream in',
    async (stage) => {
      const [server, client] = [await stage.open(), await stage.open()]
      const handled: unknown[] = []
      const service = await server.bus.serve(stage.topic('s'), (request) => handled.push(request))
      const call = (data: string): Promise<unknown> => client.bus.call(stage.topic('s'), data, { timeout: 1_500 })
      const early = Promise.allSettled(numbers(200).map(() => call('early')))
      await eventually(() => expect(handled.length).toBeGreaterThan(0))
      await service.close()
      const late = await Promise.all(numbers(50).map(() => failure(call('late'))))
      for (const { code } of late) expect(code).toMatch(/^(TIMEOUT|NO_RESPONDER)$/)
      await early
      expect(new Set(handled)).toEqual(new Set(['early']))
    },
  )

  promise(21, 'a transport itself calls no listener after its unsubscribe resolved', async (stage) => {
    const [publisher, subscriber] = [await rawLink(stage), await rawLink(stage)]
    const [left, stayed] = [vi.fn(), vi.fn()]
    const unsubscribe = await subscriber.transport.subscribe(stage.topic('t'), () => left())
    await subscriber.transport.subscribe(stage.topic('t'), () => stayed())
    await publisher.transport.publish(stage.topic('t'), '1', { qos: 1 })
    await eventually(() => expect([left.mock.calls.length, stayed.mock.calls.length]).toEqual([1, 1]))
    await unsubscribe()
    await unsubscribe()
    await publisher.transport.publish(stage.topic('t'), '2', { qos: 1 })
    await eventually(() => expect(stayed).toHaveBeenCalledTimes(2))
    expect(left).toHaveBeenCalledOnce()
  })

  promise(21, 'subscribe and unsubscribe raced on one topic leave the right state', async (stage) => {
    const [publisher, subscriber] = [await stage.open(), await stage.open()]
    const { bus } = subscriber
    const topic = stage.topic('t')
    let previous = await bus.subscribe(topic, () => undefined)
    for (const round of numbers(30)) {
      const received: unknown[] = []
      const listener = ({ data }: { data: unknown }): void => void received.push(data)
      const closing = previous.close()
      const [next, shortLived] = await Promise.all([
        bus.subscribe(topic, listener),
        bus.subscribe(topic, listener).then((subscription) => subscription.close()),
        closing,
      ])
      expect(shortLived).toBeUndefined()
      await publisher.bus.publish(topic, round, { qos: 1 })
      await eventually(() => expect(received).toEqual([round]))
      previous = next
    }
    const fence: unknown[] = []
    await Promise.all([previous.close(), previous.close()])
    await bus.subscribe(stage.topic('fence'), ({ data }) => fence.push(data))
    await publisher.bus.publish(topic, 'nobody', { qos: 1 })
    await publisher.bus.publish(stage.topic('fence'), 'end', { qos: 1 })
    await eventually(() => expect(fence).toEqual(['end']))
  })
}
