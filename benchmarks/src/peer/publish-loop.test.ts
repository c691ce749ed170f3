import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Peer } from '../contenders/contender.ts'
import { Credits } from './credits.ts'
import { publishLoop } from './publish-loop.ts'

const command = {
  do: 'publish',
  messages: [
    { topic: 'f/bot{bot}/hb', bots: 2, message: { ts: 1 } },
    { topic: 'f/bot{bot}/log', bots: 2, message: { timestamp: 1 } },
    { topic: 'f/bot{bot}/events', bots: 2, message: { timestamp: 2 } },
  ],
  seconds: 1,
  window: 10,
} as const

describe('publishLoop', () => {
  let credits: Credits
  let topics: string[]

  beforeEach(() => {
    vi.useFakeTimers()
    credits = new Credits()
    topics = []
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  function start(receive: (published: number) => void): ReturnType<typeof publishLoop> {
    const peer = {
      publish(topic: string): undefined {
        topics.push(topic)
        receive(topics.length)
      },
    }
    return publishLoop(peer as unknown as Peer, command, credits)
  }

  it('takes messages and bots in turn', async () => {
    const published = start(() => undefined)
    await vi.advanceTimersByTimeAsync(5_000)
    await published
    expect(topics.slice(0, 6)).toEqual([
      'f/bot00000/hb',
      'f/bot00001/log',
      'f/bot00000/events',
      'f/bot00001/hb',
      'f/bot00000/log',
      'f/bot00001/events',
    ])
  })

  it('has never more under way than the window, and counts what is not received as lost', async () => {
    const published = start((count) => {
      if (count === 10) setTimeout(() => credits.grant(7), 10)
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await published).toMatchObject({ published: 17, received: 7 })
  })

  it('ends when the last one has been received', async () => {
    const published = start((count) => setTimeout(() => credits.grant(count), 5))
    await vi.advanceTimersByTimeAsync(2_000)
    const result = await published
    expect(result.received).toBe(result.published)
    expect(result.duration).toBeGreaterThanOrEqual(1_000)
    expect(result.duration).toBeLessThan(1_100)
  })

  it('does not count what was received before', async () => {
    credits.grant(1_000)
    const published = start((count) => {
      if (count === 10) setTimeout(() => credits.grant(1_004), 10)
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await published).toMatchObject({ published: 14, received: 4 })
  })
})
