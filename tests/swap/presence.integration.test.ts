import { discoverBots } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import { expect, it, vi } from 'vitest'
import { BROKER_KINDS, brokerOf, uniqueName } from '../support/test-broker.ts'
import { startPaperBot } from './paper-bot.ts'

/** Seconds of silence after which a directory calls a bot late, and stale (docs/brokers.md). */
const LATE = 20
const STALE = 30
/** Seconds that the machine may take beside. */
const SPARE = 5

it.concurrent.each(BROKER_KINDS)(
  'a killed bot is noticed in time on %s, by last will or heartbeat',
  async (kind) => {
    await using broker = await brokerOf(kind)
    await using bus = await openBus(broker.url)
    const [id, namespace] = [uniqueName('doomed'), uniqueName('swap')]
    await using directory = await discoverBots(bus, { namespace })
    const bot = await startPaperBot(broker.url, id, namespace)
    await vi.waitFor(() => expect(directory.get(id)).toMatchObject({ health: 'online' }), 15_000)
    const heard = performance.now()
    // Disposing kills it.
    await bot[Symbol.asyncDispose]()
    const killed = performance.now()

    if (bus.capabilities.lastWill) {
      await vi.waitFor(() => expect(directory.get(id)).toMatchObject({ health: 'offline' }), SPARE * 1_000)
      return
    }
    const reaches = async (health: string, bound: number): Promise<number> => {
      await vi.waitFor(() => expect(directory.get(id)).toMatchObject({ health }), {
        timeout: (bound + SPARE) * 1_000,
        interval: 100,
      })
      return (performance.now() - killed) / 1_000
    }
    expect(await reaches('late', LATE)).toBeLessThan(LATE + SPARE)
    expect(await reaches('stale', STALE)).toBeLessThan(STALE + SPARE)
    expect((performance.now() - heard) / 1_000).toBeGreaterThan(STALE - 1)
  },
  90_000,
)
