import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BROKERS, type Broker, failure, open } from '../test/support.ts'
import type { MqttOptions } from './options.ts'

describe.each(BROKERS)('a bus over $name', ({ start, version, options: pinned }) => {
  let broker: Broker
  const options = (): MqttOptions => ({ url: broker.url, ...pinned })

  beforeAll(async () => {
    broker = await start()
  })
  afterAll(() => broker[Symbol.asyncDispose]())

  it('gives each of 1,000 calls in flight its own reply, answered in any order', async () => {
    await using server = await open(options())
    await using client = await open(options())
    const waiting: (() => void)[] = []
    const serve = (request: unknown): Promise<unknown> => {
      const answer = new Promise((resolve) => waiting.push(() => resolve(request)))
      if (waiting.length % 10 === 0) for (const reply of waiting.splice(0).reverse()) reply()
      return answer
    }
    await server.bus.serve('hbot/b/status', serve, { concurrency: 1_000 })
    const calls = Array.from({ length: 1_000 }, (_, index) => client.bus.call('hbot/b/status', { index }))
    const replies = await Promise.all(calls)
    expect(replies).toEqual(Array.from({ length: 1_000 }, (_, index) => ({ index })))
    expect(client.bus.pendingCalls).toBe(0)
    expect(client.observed.filter((event) => event.type === 'dropped')).toEqual([])
  })

  it('answers calls one after the other without waiting for delayed acknowledgements', async () => {
    await using server = await open(options())
    await using client = await open(options())
    await server.bus.serve('hbot/b/status', () => 'ok')
    const durations: number[] = []
    for (let call = 0; call < 40; call++) {
      const started = performance.now()
      await client.bus.call('hbot/b/status')
      durations.push(performance.now() - started)
    }
    const median = durations.sort((a, b) => a - b)[20]
    expect(median).toBeLessThan(30) // Nagle's algorithm costs 44 or 88 ms
  })

  it('never hands the replies of one client to another', async () => {
    await using server = await open(options())
    await using first = await open(options())
    await using second = await open(options())
    await server.bus.serve('hbot/b/status', (request) => request)
    await server.bus.serve('service/echo', (request) => request)
    const call = ({ bus }: typeof first, who: string): Promise<unknown[]> =>
      Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          bus.call(index % 2 ? 'hbot/b/status' : 'service/echo', { who, index }),
        ),
      )
    const [ofFirst, ofSecond] = await Promise.all([call(first, 'first'), call(second, 'second')])
    expect(new Set(ofFirst.map((reply) => (reply as { who: string }).who))).toEqual(new Set(['first']))
    expect(new Set(ofSecond.map((reply) => (reply as { who: string }).who))).toEqual(new Set(['second']))
    const strays = [...first.observed, ...second.observed].filter((event) => event.type === 'dropped')
    expect(strays).toEqual([])
  })

  it('answers the first call right after connecting, every time', async () => {
    await using server = await open(options())
    await server.bus.serve('hbot/b/status', () => 'up')
    for (let round = 0; round < 100; round++) {
      await using client = await open(options())
      expect(await client.bus.call('hbot/b/status', {}, { timeout: 2_000 })).toBe('up')
    }
  })

  it('tells that nobody serves an address, as fast and as surely as the capability says', async () => {
    await using client = await open(options())
    const error = await failure(client.bus.call('hbot/nobody/status', {}, { timeout: 300 }))
    expect(client.bus.capabilities.noResponder).toBe(version === 5 ? 'best-effort' : 'presence')
    expect([error.code, error.outcome]).toEqual(version === 5 ? ['NO_RESPONDER', 'not_sent'] : ['TIMEOUT', 'unknown'])
    await client.bus.subscribe('#', () => undefined)
    const watched = await failure(client.bus.call('hbot/nobody/status', {}, { timeout: 300 }))
    expect([watched.code, watched.outcome]).toEqual(['TIMEOUT', 'unknown'])
  })

  it('hands each message once to each subscriber, however many subscriptions overlap, and genuine repeats each time', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    const patterns = ['a/#', 'a/+', 'a/b', '+/b', '#', 'a/b', 'a/c', 'x/#']
    const counts = new Map<number, number>()
    const last = vi.fn()
    for (const [index, pattern] of patterns.entries()) {
      await subscriber.bus.subscribe(pattern, ({ topic }) => {
        if (topic === 'end') last()
        else counts.set(index, (counts.get(index) ?? 0) + 1)
      })
    }
    for (let repeat = 0; repeat < 50; repeat++)
      await publisher.bus.publish('a/b', {}, { qos: repeat % 2 === 0 ? 0 : 1 })
    await publisher.bus.publish('end', {}, { qos: 1 })
    await vi.waitFor(() => expect(last).toHaveBeenCalled())
    expect(patterns.map((_, index) => counts.get(index) ?? 0)).toEqual([50, 50, 50, 50, 50, 50, 0, 0])
  })

  it('keeps the order of 1,000 messages of one publisher', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    const received: number[] = []
    await subscriber.bus.subscribe('order/#', ({ data }) => received.push(data as number))
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => publisher.bus.publish('order/x', index, { qos: 1 })))
    await vi.waitFor(() => expect(received).toHaveLength(1_000))
    expect(received).toEqual(Array.from({ length: 1_000 }, (_, index) => index))
  })

  it('matches patterns as the one matcher does', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    const received = new Map<string, string[]>()
    const patterns = ['t/+', 't/#', 't/+/c', '+/+', '/t', '+/t', 't/[a-z]*', 't/a.b', '#']
    for (const pattern of patterns) {
      received.set(pattern, [])
      await subscriber.bus.subscribe(pattern, ({ topic }) => received.get(pattern)?.push(topic))
    }
    const topics = ['t', 't/a', 't/', 't/b/c', '/t', 't/[a-z]*', 't/a.b', 't/axb', 't/ünï', 'end']
    for (const topic of topics) await publisher.bus.publish(topic, {}, { qos: 1 })
    await vi.waitFor(() => expect(received.get('#')).toEqual(topics))
    expect(received.get('t/+')).toEqual(['t/a', 't/', 't/[a-z]*', 't/a.b', 't/axb', 't/ünï'])
    expect(received.get('t/#')).toEqual(['t', 't/a', 't/', 't/b/c', 't/[a-z]*', 't/a.b', 't/axb', 't/ünï'])
    expect(received.get('t/+/c')).toEqual(['t/b/c'])
    expect(received.get('+/+')).toEqual(['t/a', 't/', '/t', 't/[a-z]*', 't/a.b', 't/axb', 't/ünï'])
    expect(received.get('/t')).toEqual(['/t'])
    expect(received.get('+/t')).toEqual(['/t'])
    expect(received.get('t/[a-z]*')).toEqual(['t/[a-z]*'])
    expect(received.get('t/a.b')).toEqual(['t/a.b'])
  })

  it('marks what the broker had stored as retained, for each listener once, and runs no stored command', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    await publisher.bus.publish('kept/x', 'old', { qos: 1, retain: true })
    const seen: [string, unknown, boolean][] = []
    const listen = (name: string, pattern: string) =>
      subscriber.bus.subscribe(pattern, ({ data, retained }) => seen.push([name, data, retained]))
    await listen('first', 'kept/+')
    await vi.waitFor(() => expect(seen).toEqual([['first', 'old', true]]))
    await listen('second', 'kept/+')
    await vi.waitFor(() => expect(seen).toHaveLength(2))
    await listen('third', 'kept/#')
    await vi.waitFor(() => expect(seen).toHaveLength(3))
    await publisher.bus.publish('kept/x', 'new', { qos: 1, retain: true })
    await vi.waitFor(() => expect(seen).toHaveLength(6))
    expect(seen.slice(1, 3)).toEqual([
      ['second', 'old', true],
      ['third', 'old', true],
    ])
    expect(seen.slice(3).every(([, data, retained]) => data === 'new' && !retained)).toBe(true)

    const handler = vi.fn()
    await subscriber.bus.serve('kept/x', handler)
    await vi.waitFor(() =>
      expect(subscriber.observed).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'retained' })),
    )
    expect(handler).not.toHaveBeenCalled()
    await publisher.bus.publish('kept/x', '', { retain: true })
  })

  it('starts no listener after it was closed, and ends in the right state when opening and closing race', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    const stopped = vi.fn()
    const subscription = await subscriber.bus.subscribe('race', stopped)
    const closed = subscription.close()
    const kept = vi.fn()
    const [survivor] = await Promise.all([subscriber.bus.subscribe('race', kept), closed])
    await publisher.bus.publish('race', 1, { qos: 1 })
    await vi.waitFor(() => expect(kept).toHaveBeenCalledOnce())
    expect(stopped).not.toHaveBeenCalled()
    await survivor.close()
    await publisher.bus.publish('race', 2, { qos: 1 })
    await subscriber.bus.subscribe('after', kept)
    await publisher.bus.publish('after', 3, { qos: 1 })
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(2))
  })

  it('gives each message of a group to one member, or says that it cannot', async () => {
    await using publisher = await open(options())
    await using first = await open(options())
    await using second = await open(options())
    const received: string[] = []
    const join = ({ bus }: typeof first, name: string, group: string) =>
      bus.subscribe('work/+', () => received.push(name), { group })
    expect(publisher.bus.capabilities.groups).toBe(version === 5 ? 'all' : 'none')
    if (version === 4) {
      expect((await failure(join(first, 'x', 'g'))).code).toBe('UNSUPPORTED')
      return
    }
    await join(first, 'g1', 'g')
    await join(first, 'g2', 'g')
    await join(second, 'g3', 'g')
    await join(second, 'h1', 'h')
    await second.bus.subscribe('work/#', () => received.push('monitor'))
    for (let index = 0; index < 60; index++) await publisher.bus.publish('work/x', index, { qos: 1 })
    await vi.waitFor(() => expect(received).toHaveLength(180))
    const count = (prefix: string): number => received.filter((name) => name.startsWith(prefix)).length
    expect([count('g'), count('h'), count('monitor')]).toEqual([60, 60, 60])
    for (const member of ['g1', 'g2', 'g3']) expect(count(member)).toBeGreaterThan(0)
  })

  it('dispatches among 10,000 subscriptions', async () => {
    await using publisher = await open(options())
    await using subscriber = await open(options())
    const received = new Set<string>()
    const topics = Array.from({ length: 10_000 }, (_, index) => `bot/${index}/hb`)
    await Promise.all(topics.map((topic) => subscriber.bus.subscribe(topic, (message) => received.add(message.topic))))
    for (const topic of topics) await publisher.bus.publish(topic, {})
    await vi.waitFor(() => expect(received.size).toBe(10_000), { timeout: 10_000 })
  })
})
