import { BotbusError, type Bus } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { Outbox } from './outbox.ts'

async function setUp() {
  const { broker, bus } = await harness()
  const seen: unknown[] = []
  const warn = vi.fn()
  await bus.subscribe('t/#', ({ data }) => seen.push(data))
  const outbox = new Outbox(bus, warn)
  const add = (data: unknown): void => outbox.add({ topic: 't/x', data, qos: 0 })
  return { broker, bus, seen, warn, outbox, add }
}

describe('Outbox', () => {
  it('sends in order what was told while the broker was away', async () => {
    const { broker, seen, outbox, add } = await setUp()
    add(0)
    await outbox.flush()
    broker.stop()
    for (const data of [1, 2, 3]) add(data)
    await outbox.flush()
    expect(seen).toEqual([0])
    broker.start()
    add(4)
    await outbox.flush()
    await vi.waitFor(() => expect(seen).toEqual([0, 1, 2, 3, 4]))
    expect(outbox.dropped).toBe(0)
  })

  it('keeps the latest 10,000, counts the rest and says so once for each outage', async () => {
    const { broker, seen, warn, outbox, add } = await setUp()
    for (const outage of [1, 2]) {
      broker.stop()
      for (let i = 0; i < 10_005; i++) add(i)
      expect(outbox.dropped).toBe(5 * outage)
      expect(warn).toHaveBeenCalledTimes(outage)
      broker.start()
      await outbox.flush()
    }
    await vi.waitFor(() => expect(seen).toHaveLength(20_000))
    expect(seen[0]).toBe(5)
  })

  it('sends again what was on its way when the link broke, before what came later', async () => {
    const published: unknown[] = []
    const bus = {
      state: { status: 'connected' },
      publish: vi.fn(async (_: string, data: unknown) => {
        if (bus.publish.mock.calls.length === 1) throw new BotbusError('NOT_CONNECTED', 'gone')
        published.push(data)
      }),
    }
    const outbox = new Outbox(bus as unknown as Bus, vi.fn())
    outbox.add({ topic: 't', data: 1, qos: 1 })
    outbox.add({ topic: 't', data: 2, qos: 1 })
    await outbox.flush()
    expect(published).toEqual([])
    await outbox.flush()
    expect(published).toEqual([1, 2])
  })

  it('drops, counts and reports what cannot be sent at all, and goes on', async () => {
    const { seen, warn, outbox, add } = await setUp()
    add(1n)
    add(2)
    await outbox.flush()
    await vi.waitFor(() => expect(seen).toEqual([2]))
    expect(outbox.dropped).toBe(1)
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('t/x'), expect.anything())
  })

  it('never leaves a message behind that is added the moment the last one was sent', async () => {
    const { seen, outbox, add } = await setUp()
    add(1)
    void outbox.flush().then(() => add(2))
    await vi.waitFor(() => expect(seen).toEqual([1, 2]))
  })

  it('counts and reports what it is told to forget', async () => {
    const { broker, warn, outbox, add } = await setUp()
    outbox.clear()
    expect(warn).not.toHaveBeenCalled()
    broker.stop()
    add(1)
    outbox.clear()
    expect(outbox.dropped).toBe(1)
    expect(warn).toHaveBeenCalledOnce()
  })
})
