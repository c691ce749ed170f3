import { getEventListeners } from 'node:events'
import { BotbusError, type Delivery, type Message } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, type Party, party, rejection } from './party.ts'

async function setUp(): Promise<{ broker: MemoryBroker } & Party> {
  const broker = new MemoryBroker()
  return { broker, ...(await party({ broker })) }
}

/** A listener that keeps the topic and data of what it gets. */
function collector(): { seen: string[]; listener: (message: Message) => void } {
  const seen: string[] = []
  return { seen, listener: ({ topic, data }) => void seen.push(`${topic} ${JSON.stringify(data)}`) }
}

describe('publish and subscribe', () => {
  it('brings each message once to every subscriber, and none of other topics', async () => {
    const { broker, bus } = await setUp()
    const collectors = [collector(), collector(), collector()]
    for (const { listener } of collectors) await (await party({ broker })).bus.subscribe('a/b', listener)
    await bus.publish('a/b', 1)
    await bus.publish('a/c', 2)
    await bus.publish('a/b', 3)
    for (const { seen } of collectors) await expect.poll(() => seen).toEqual(['a/b 1', 'a/b 3'])
  })

  it.each([
    ['a/+', ['a/b', 'a/', 'a/$x']],
    ['a/#', ['a', 'a/b', 'a/b/c', 'a/', 'a/$x']],
    ['+/b', ['a/b', '/b']],
    ['#', ['a', 'a/b', 'a/b/c', 'a/', '/b', 'a/$x', 'a.b/*', 'x[1]/{y}']],
    ['$SYS/#', ['$SYS/x']],
    ['a.b/*', ['a.b/*']],
    ['x[1]/+', ['x[1]/{y}']],
  ])('brings %s exactly what it matches', async (pattern, expected) => {
    const { bus } = await setUp()
    const { seen, listener } = collector()
    await bus.subscribe(pattern, listener)
    const topics = ['a', 'a/b', 'a/b/c', 'a/', '/b', 'a/$x', '$SYS/x', 'a.b/*', 'x[1]/{y}']
    for (const topic of topics) await bus.publish(topic, 0)
    await expect.poll(() => seen.toSorted()).toEqual(expected.map((topic) => `${topic} 0`).toSorted())
  })

  it('brings overlapping patterns of one bus the message once each', async () => {
    const { bus } = await setUp()
    const all = collector()
    const one = collector()
    await bus.subscribe('#', all.listener)
    await bus.subscribe('a/+', one.listener)
    await bus.publish('a/b', 1)
    await expect.poll(() => [...all.seen, ...one.seen]).toEqual(['a/b 1', 'a/b 1'])
  })

  it('brings a message to one member of each group, and to each group', async () => {
    const { broker, bus } = await setUp()
    const groups = ['g1', 'g1', 'g2', undefined].map((group) => ({ group, ...collector() }))
    for (const { group, listener } of groups) {
      await (await party({ broker })).bus.subscribe('a/#', listener, group ? { group } : {})
    }
    for (let index = 0; index < 10; index++) await bus.publish('a/b', index)
    const counts = (): number[] => groups.map(({ seen }) => seen.length)
    await expect.poll(counts).toEqual([5, 5, 10, 10])
  })

  it('keeps the order of 1,000 messages', async () => {
    const { bus } = await setUp()
    const seen: unknown[] = []
    await bus.subscribe('a/b', ({ data }) => void seen.push(data))
    for (let index = 0; index < 1_000; index++) await bus.publish('a/b', index)
    await expect.poll(() => seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
  })

  it('tells later subscribers what was retained, marked as such, until it is deleted with no bytes', async () => {
    const { broker, bus } = await setUp()
    await bus.publish('a/b', 1, { retain: true })
    const retained: unknown[] = []
    const listener = ({ data, retained: isRetained }: Message): void => void retained.push([data, isRetained])
    await (await party({ broker })).bus.subscribe('a/#', listener)
    await expect.poll(() => retained).toEqual([[1, true]])
    await bus.publish('a/b', undefined, { retain: true })
    await expect
      .poll(() => retained)
      .toEqual([
        [1, true],
        [undefined, false],
      ])
    const late = collector()
    await bus.subscribe('a/#', late.listener)
    await bus.publish('a/c', 2)
    await expect.poll(() => late.seen).toEqual(['a/c 2'])
  })

  it.each([
    ['a wildcard', 'a/+', 1, 'INVALID_ARGUMENT'],
    ['an empty topic', '', 1, 'INVALID_ARGUMENT'],
    ['a bigint', 'a/b', 1n, 'INVALID_PAYLOAD'],
    ['5 MiB', 'a/b', 'x'.repeat(5 * 1024 * 1024), 'INVALID_PAYLOAD'],
  ])('refuses to publish %s', async (_, topic, data, code) => {
    const { bus } = await setUp()
    expect(await rejection(bus.publish(topic, data))).toMatchObject({ code })
  })

  it.each([
    ['a/#/b', {}],
    ['', {}],
    ['a', { group: 'x/y' }],
    ['a', { concurrency: 0 }],
    ['a', { capacity: -1 }],
  ])('refuses to subscribe to %j with %j', async (pattern, options) => {
    const { bus } = await setUp()
    const error = await rejection(bus.subscribe(pattern, () => undefined, options))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(await rejection(bus.serve(pattern, () => undefined, options))).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('refuses what the transport cannot do', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    const capabilities = {
      ...transport.capabilities,
      wildcards: false,
      groups: 'none' as const,
      retained: false,
      maxPayload: 10,
    }
    const { bus } = await party(altered(transport, { capabilities }))
    const unsupported = { code: 'UNSUPPORTED' }
    expect(await rejection(bus.subscribe('a/+', () => undefined))).toMatchObject(unsupported)
    expect(await rejection(bus.serve('a/#', () => undefined))).toMatchObject(unsupported)
    expect(await rejection(bus.subscribe('a', () => undefined, { group: 'g' }))).toMatchObject(unsupported)
    expect(await rejection(bus.publish('a', 1, { retain: true }))).toMatchObject(unsupported)
    expect(await rejection(bus.publish('a', '123456789'))).toMatchObject({ code: 'INVALID_PAYLOAD' })
    await bus.publish('a', '12345678')
  })
})

describe('a listener', () => {
  it('that throws or rejects is reported, and the stream goes on', async () => {
    const { bus, events } = await setUp()
    const { seen, listener } = collector()
    // biome-ignore lint/suspicious/noThenProperty: query builders and other libraries return such things
    const lazy = { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('lazily')) }
    await bus.subscribe('a/b', (message) => {
      if (message.data === 1) throw new Error('throws')
      if (message.data === 2) return Promise.reject(new Error('rejects'))
      if (message.data === 3) return lazy
      return listener(message)
    })
    for (const data of [1, 2, 3, 4]) await bus.publish('a/b', data)
    await expect.poll(() => seen).toEqual(['a/b 4'])
    const failed = events.filter(({ type }) => type === 'listener_failed')
    expect(failed).toMatchObject(
      ['throws', 'rejects', 'lazily'].map((message) => ({ topic: 'a/b', error: new Error(message) })),
    )
  })

  it('is spared what cannot be read, and that is counted', async () => {
    const { broker, bus, drops } = await setUp()
    const { seen, listener } = collector()
    const subscription = await bus.subscribe('a/b', listener)
    for (const payload of ['nonsense', '{"__proto__":{}}', '\u00ff', '[NaN]', '', '1']) {
      broker.publish({ topic: 'a/b', payload: Buffer.from(payload, 'latin1'), retained: false })
    }
    await expect.poll(() => seen).toEqual(['a/b [null]', 'a/b undefined', 'a/b 1'])
    expect(drops()).toEqual(['invalid', 'invalid', 'invalid'])
    expect(subscription.dropped).toBe(3)
  })

  it('gets one message at a time by default, more if it wants, and what is too much is dropped and counted', async () => {
    const { bus, drops } = await setUp()
    const { opened, open } = gate()
    const seen: unknown[] = []
    let running = 0
    let most = 0
    const listener = async ({ data }: Message): Promise<void> => {
      most = Math.max(most, ++running)
      seen.push(data)
      await opened
      running--
    }
    const subscription = await bus.subscribe('a/b', listener, { concurrency: 3, capacity: 2 })
    for (let index = 0; index < 10; index++) await bus.publish('a/b', index)
    await expect.poll(() => drops().length).toBe(5)
    expect(subscription.dropped).toBe(5)
    open()
    await expect.poll(() => seen).toEqual([0, 1, 2, 8, 9])
    expect(most).toBe(3)
  })

  it('of a stopped publisher sees nothing more after close, not even what had arrived', async () => {
    const { bus } = await setUp()
    const { opened, open } = gate()
    const seen: unknown[] = []
    const subscription = await bus.subscribe('a/b', async ({ data }) => {
      seen.push(data)
      await opened
    })
    for (const data of [1, 2, 3]) await bus.publish('a/b', data)
    await expect.poll(() => seen).toEqual([1])
    await subscription.close()
    await subscription[Symbol.asyncDispose]()
    open()
    await bus.publish('a/b', 4)
    await bus.close()
    expect(seen).toEqual([1])
  })

  it('does not start after close either when the broker is slow to take the subscription back', async () => {
    const { opened, open } = gate()
    let deliver: (delivery: Delivery) => unknown = () => undefined
    const transport = altered(memory({ broker: new MemoryBroker() }), {
      subscribe: async (_, listener) => {
        deliver = listener
        return () => opened
      },
    })
    const { bus } = await party(transport)
    const { seen, listener } = collector()
    const subscription = await bus.subscribe('a', listener)
    const closing = subscription.close()
    deliver({ topic: 'a', payload: Buffer.from('1'), retained: false })
    open()
    await closing
    expect(seen).toEqual([])
  })
})

describe('subscribing', () => {
  it('and unsubscribing in a race leaves the right state', async () => {
    const { bus } = await setUp()
    const kept = collector()
    const left = collector()
    const opening = Array.from({ length: 50 }, (_, index) =>
      bus.subscribe('a/b', (index % 2 ? kept : left).listener).then(async (subscription) => {
        if (index % 2 === 0) await subscription.close()
      }),
    )
    await Promise.all(opening)
    await bus.publish('a/b', 1)
    await expect.poll(() => kept.seen.length).toBe(25)
    expect(left.seen).toEqual([])
  })

  it('undoes itself when it is closed before the broker has acknowledged', async () => {
    const { opened, open } = gate()
    let undone = 0
    const controller = new AbortController()
    const transport = altered(memory({ broker: new MemoryBroker() }), {
      subscribe: async () => {
        await opened
        return async () => void undone++
      },
    })
    const { bus } = await party(transport)
    const subscribing = rejection(bus.subscribe('a', () => undefined, { signal: controller.signal }))
    controller.abort()
    open()
    expect(await subscribing).toMatchObject({ code: 'CANCELLED' })
    expect(undone).toBe(1)
  })

  it('ends with its signal and leaves no listener on it', async () => {
    const { bus } = await setUp()
    const { seen, listener } = collector()
    const controller = new AbortController()
    await bus.subscribe('a/b', listener, { signal: controller.signal })
    await bus.serve('a/c', () => 1, { signal: controller.signal })
    controller.abort()
    await bus.publish('a/b', 1)
    expect(await rejection(bus.call('a/c'))).toMatchObject({ code: 'NO_RESPONDER' })
    expect(seen).toEqual([])
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  it('rejects as the broker does, and leaves nothing', async () => {
    const refused = new BotbusError('UNAUTHORIZED', 'no')
    const { signal } = new AbortController()
    const no = (): Promise<never> => Promise.reject(refused)
    const { bus } = await party(altered(memory({ broker: new MemoryBroker() }), { subscribe: no, serve: no }))
    expect(await rejection(bus.subscribe('a', () => undefined, { signal }))).toBe(refused)
    expect(await rejection(bus.serve('a', () => undefined, { signal }))).toBe(refused)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
