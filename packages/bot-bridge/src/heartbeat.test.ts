import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { botContract } from './contract/contract.ts'
import { Heartbeat } from './heartbeat.ts'

const channel = botContract().channels.heartbeat

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function setUp() {
  const { broker, bus, anotherBus } = await harness()
  const seen: { ts: number; instance?: string; conflict?: boolean }[] = []
  const warn = vi.fn()
  await bus.subscribe('hbot/a/hb', ({ data }) => seen.push(data as never))
  const heartbeat = (instance: string) => new Heartbeat({ bus, channel, id: 'a', instance, period: 1_000, warn })
  const foreign = await anotherBus()
  return { broker, seen, warn, heartbeat, foreign }
}

describe('Heartbeat', () => {
  it('is sent every period, in microseconds, and names the run', async () => {
    const { seen, heartbeat } = await setUp()
    const own = heartbeat('run1')
    await own.open()
    await own.beat()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen).toHaveLength(3)
    expect(seen[2]).toEqual({ ts: Date.now() * 1_000, instance: 'run1' })
    await own.close()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(seen).toHaveLength(3)
  })

  it('does not take its own echo for another bot', async () => {
    const { heartbeat } = await setUp()
    const own = heartbeat('run1')
    await own.open()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(own.hasConflict).toBe(false)
    await own.close()
  })

  it.each([[{ ts: 1 }], [{}], [{ ts: 1, instance: 'run2' }]])(
    'takes %j for another bot, for three periods',
    async (message) => {
      const { foreign, warn, heartbeat } = await setUp()
      const own = heartbeat('run1')
      await own.open()
      await foreign.publish('hbot/a/hb', message)
      await vi.advanceTimersByTimeAsync(2_000)
      await foreign.publish('hbot/a/hb', message)
      await vi.advanceTimersByTimeAsync(2_999)
      expect(own.hasConflict).toBe(true)
      expect(warn).toHaveBeenCalledOnce()
      await vi.advanceTimersByTimeAsync(2)
      expect(own.hasConflict).toBe(false)
      await own.close()
    },
  )

  it('tells a newcomer at once that its id is taken', async () => {
    const { heartbeat } = await setUp()
    const [first, second] = [heartbeat('run1'), heartbeat('run2')]
    await first.open()
    await second.open()
    await second.beat()
    await vi.advanceTimersByTimeAsync(0)
    expect([first.hasConflict, second.hasConflict]).toEqual([true, true])
    await Promise.all([first.close(), second.close()])
  })

  it('tells listeners of the conflict as long as it lasts', async () => {
    const { seen, foreign, heartbeat } = await setUp()
    const own = heartbeat('run1')
    await own.open()
    await foreign.publish('hbot/a/hb', { instance: 'run2' })
    await vi.advanceTimersByTimeAsync(4_000)
    const told = seen.filter(({ instance }) => instance === 'run1').map(({ conflict }) => conflict)
    expect(told).toEqual([true, true, true, undefined, undefined])
    await own.close()
  })

  it('ignores a retained heartbeat', async () => {
    const { foreign, heartbeat } = await setUp()
    await foreign.publish('hbot/a/hb', { ts: 1 }, { retain: true })
    const own = heartbeat('run1')
    await own.open()
    await vi.advanceTimersByTimeAsync(10)
    expect(own.hasConflict).toBe(false)
    await own.close()
  })

  it('says nothing while the broker is away, and warns of nothing', async () => {
    const { broker, seen, warn, heartbeat } = await setUp()
    const own = heartbeat('run1')
    await own.open()
    broker.stop()
    await vi.advanceTimersByTimeAsync(3_000)
    broker.start()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen).toHaveLength(1)
    expect(warn).not.toHaveBeenCalled()
    await own.close()
  })
})
