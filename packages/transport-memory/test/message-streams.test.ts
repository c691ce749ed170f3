import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, type Party, party, rejection } from './party.ts'

async function setUp(): Promise<{ broker: MemoryBroker } & Party> {
  const broker = new MemoryBroker()
  return { broker, ...(await party({ broker })) }
}

const done = { done: true, value: undefined }

describe('bus.messages', () => {
  it('misses nothing that is published once it is ready', async () => {
    const { bus } = await setUp()
    const stream = bus.messages('a/#')
    await stream.ready
    for (const data of [1, 2, 3]) await bus.publish('a/b', data)
    const seen: unknown[] = []
    for await (const message of stream) {
      seen.push(message.data)
      if (seen.length === 3) break
    }
    expect(seen).toEqual([1, 2, 3])
  })

  it('gives back its subscription when the loop is left', async () => {
    const { bus, events } = await setUp()
    const stream = bus.messages('a')
    await stream.ready
    await bus.publish('a', 1)
    for await (const _ of stream) break
    await bus.publish('a', 2)
    expect(await stream.next()).toEqual(done)
    await bus.close()
    expect(events.filter(({ type }) => type === 'delivered')).toHaveLength(1)
  })

  it('ends without an error when its signal fires', async () => {
    const { bus } = await setUp()
    const controller = new AbortController()
    const stream = bus.messages('a', { signal: controller.signal })
    await stream.ready
    const next = stream.next()
    controller.abort()
    expect(await next).toEqual(done)
  })

  it('has no round for a signal that had fired before', async () => {
    const { bus } = await setUp()
    for await (const _ of bus.messages('a', { signal: AbortSignal.abort() })) expect.unreachable()
    expect(await rejection(bus.messages('a', { signal: AbortSignal.abort() }).ready)).toMatchObject({
      code: 'CANCELLED',
    })
  })

  it('ends without an error when the bus closes, also while it opens, after what had come', async () => {
    const { bus } = await setUp()
    const stream = bus.messages('a')
    await stream.ready
    await bus.publish('a', 1)
    const opening = bus.messages('a')
    await bus.close()
    expect((await stream.next()).value?.data).toBe(1)
    expect(await stream.next()).toEqual(done)
    expect(await opening.next()).toEqual(done)
  })

  it('of a closed bus rejects', async () => {
    const { bus } = await setUp()
    await bus.close()
    expect(await rejection(bus.messages('a').next())).toMatchObject({ code: 'CLOSED' })
  })

  it('counts and reports what nobody read in time, and keeps the newest', async () => {
    const { bus, drops } = await setUp()
    const stream = bus.messages('a', { capacity: 2 })
    await stream.ready
    for (const data of [1, 2, 3, 4, 5]) await bus.publish('a', data)
    await expect.poll(() => stream.dropped).toBe(3)
    expect(drops()).toEqual(['overflow', 'overflow', 'overflow'])
    expect((await stream.next()).value?.data).toBe(4)
  })

  it('keeps the oldest if asked for', async () => {
    const { bus } = await setUp()
    const stream = bus.messages('a', { capacity: 1, overflow: 'drop-newest' })
    await stream.ready
    for (const data of [1, 2]) await bus.publish('a', data)
    await expect.poll(() => stream.dropped).toBe(1)
    expect((await stream.next()).value?.data).toBe(1)
  })

  it('shows the refusal of its subscription to whoever reads, and hurts nobody else', async () => {
    const refused = new BotbusError('UNAUTHORIZED', 'no')
    const subscribe = (): Promise<never> => Promise.reject(refused)
    const { bus } = await party(altered(memory({ broker: new MemoryBroker() }), { subscribe }))
    bus.messages('unread')
    const stream = bus.messages('a')
    const waiting = rejection(stream.next())
    expect(await waiting).toBe(refused)
    expect(await rejection(stream.ready)).toBe(refused)
    expect(await rejection(bus.messages('a/#/b').next())).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })
})
