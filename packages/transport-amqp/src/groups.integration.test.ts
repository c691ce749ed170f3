import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { nextState, open, openRaw } from '../test/support.ts'

let broker: RabbitmqInstance
beforeAll(async () => {
  broker = await startRabbitmq()
})
afterAll(() => broker.stop())

describe('a group', () => {
  it('has a queue that its members share and that goes with the last of them', async () => {
    await using raw = await openRaw(broker.url)
    await using publisher = await open({ url: broker.url })
    const members = [await open({ url: broker.url }), await open({ url: broker.url })]
    const received: unknown[][] = [[], []]
    for (const [index, { bus }] of members.entries()) {
      await bus.subscribe('work/+', ({ data }) => received[index]?.push(data), { group: 'workers' })
    }
    for (let number = 0; number < 20; number++) await publisher.bus.publish(`work/${number}`, number)
    await vi.waitFor(() => expect(received.flat()).toHaveLength(20))
    expect(received.map((list) => list.length)).toEqual([10, 10])
    expect(await raw.queue('botbus.group.workers.work.+')).toMatchObject({ consumerCount: 2 })
    for (const { bus } of members) await bus.close()
    expect(await raw.queue('botbus.group.workers.work.+')).toBeUndefined()
  })
})

describe.each(['classic', 'quorum'] as const)('a durable group in a %s queue', (durableQueues) => {
  const pattern = `${durableQueues}/orders/+`
  const queue = `botbus.durable.archive.${durableQueues}.orders.+`
  const atLeastOnce = { attempts: 1, retryDelay: 0 }

  it(`keeps what was confirmed while no member is connected, also through a ${durableQueues === 'classic' ? 'crash' : 'restart'} of the broker`, async () => {
    const url = broker.url
    const member = await open({ url, durableQueues })
    await member.bus.subscribe(pattern, () => undefined, { group: 'archive', atLeastOnce })
    await member.bus.close()
    await using publisher = await open({ url })
    for (let number = 0; number < 50; number++) {
      await publisher.bus.publish(`${durableQueues}/orders/${number}`, number, { qos: 1 })
    }
    const back = nextState(publisher.bus, 'connected')
    // A quorum queue of RabbitMQ 3.10's that is alone on a node which is killed finds no leader again.
    if (durableQueues === 'quorum') await broker.restart()
    else await broker.kill().then(() => broker.start())
    await back
    await using again = await open({ url, durableQueues })
    const received: unknown[] = []
    await again.bus.subscribe(pattern, ({ data }) => received.push(data), { group: 'archive', atLeastOnce })
    await vi.waitFor(() => expect(received).toHaveLength(50))
    expect(received).toEqual(Array.from({ length: 50 }, (_, number) => number))
    await using raw = await openRaw(url)
    await vi.waitFor(async () => expect(await raw.queue(queue)).toMatchObject({ messageCount: 0 }))
  })

  it('hands over no more than the limit, and gives to others what a member that leaves had not finished', async () => {
    const url = broker.url
    await using publisher = await open({ url })
    const stuck = await open({ url, durableQueues })
    const started = vi.fn()
    const options = { group: 'archive', atLeastOnce, concurrency: 2, capacity: 3 }
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    await stuck.bus.subscribe(
      pattern,
      async ({ data }) => {
        started(data)
        await released
      },
      options,
    )
    for (let number = 0; number < 20; number++) {
      await publisher.bus.publish(`${durableQueues}/orders/${number}`, number, { qos: 1 })
    }
    await using raw = await openRaw(url)
    await vi.waitFor(async () => expect(await raw.queue(queue)).toMatchObject({ messageCount: 15 }))
    expect(started).toHaveBeenCalledTimes(2)

    await using other = await open({ url, durableQueues })
    const received: unknown[] = []
    await other.bus.subscribe(pattern, ({ data }) => received.push(data), { group: 'archive', atLeastOnce })
    await vi.waitFor(() => expect(received).toHaveLength(15))
    const closing = stuck.bus.close()
    release()
    await closing
    await vi.waitFor(() => expect(received).toHaveLength(18))
    expect(new Set([...received, 0, 1]).size).toBe(20)
    await vi.waitFor(async () => expect(await raw.queue(queue)).toMatchObject({ messageCount: 0 }))
  })
})
