import { MemoryBroker } from '@botbus/memory'
import { openStore } from '@botbus/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventsOf, route, SECRET, TestHost } from '../../test/host.ts'

afterEach(() => vi.useRealTimers())

/** Only the clock and the timers of the plugin stand still: promises, I/O and `setImmediate` go on. */
const holdClock = (): void => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'setInterval'] })

const stop = { command: 'stop', arguments: {} }
const start = { command: 'start', arguments: {} }

function commands(more: object = {}): object {
  return route({
    allow: { commands: ['start', 'stop', 'status'] },
    rules: [
      { when: { 'fields.do': 'stop' }, do: [stop] },
      { when: { 'fields.do': 'start' }, do: [start] },
      { when: { 'fields.do': 'tell' }, do: [{ publish: 'signals/x', message: { n: '{{fields.n:integer}}' } }] },
      { do: [{ event: 'tick', data: { n: '{{fields.n:integer}}' } }] },
    ],
    ...more,
  })
}

const alert = (more: object): object => ({ secret: SECRET, ...more })

async function executionsOf(host: TestHost): Promise<(readonly [string, string, string | undefined])[]> {
  const executions = await host.store.forPlugin('tradingview').executions.list()
  return executions.map(({ operation, status, reason }) => [operation, status, reason] as const).reverse()
}

const statusesOf = async (host: TestHost): Promise<string[]> => (await executionsOf(host)).map(([, status]) => status)

describe('deliveries', () => {
  it('reach one bot in the order in which their alerts were stored', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands({ rateLimit: 1_000 }) } } })
    const events = await eventsOf(host, 'alpha')
    await host.heard('alpha')
    const ids: string[] = []
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => ids.push((await host.post('demo', alert({ n }))).body.id)),
    )
    await vi.waitFor(() => expect(events).toHaveLength(100))
    const store = host.store.forPlugin('tradingview')
    const stored = await store.executions.list({ limit: 1_000 })
    const planned = stored.map(({ payload }) => (payload as { data: { n: number } }).data.n).reverse()
    expect(events.map((event) => (event['data'] as { n: number }).n)).toEqual(planned)
    expect(new Set(ids).size).toBe(100)
  })

  it('run as commands with the id of the execution as their key, one after the other', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.heard('alpha')
    const keys: (string | undefined)[] = []
    const release = Promise.withResolvers<void>()
    await host.bus.serve('hbot/alpha/start', async (_, context) => {
      keys.push(context.idempotencyKey)
      await release.promise
      return { status: 200, msg: '' }
    })
    await host.post('demo', alert({ do: 'start', n: 1 }))
    await host.post('demo', alert({ do: 'start', n: 2 }))
    await vi.waitFor(() => expect(keys).toHaveLength(1))
    expect(await statusesOf(host)).toEqual(['sent', 'pending'])
    release.resolve()
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['succeeded', 'succeeded']))
    const executions = await host.store.forPlugin('tradingview').executions.list()
    expect(keys).toEqual(executions.map(({ id }) => id).reverse())
  })

  it('never queue a stop behind anything', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.heard('alpha')
    const release = Promise.withResolvers<void>()
    await host.bus.serve('hbot/alpha/start', async () => {
      await release.promise
      return { status: 200, msg: '' }
    })
    let stops = 0
    await host.bus.serve('hbot/alpha/stop', () => ({ status: 200, msg: String(++stops) }))
    await host.post('demo', alert({ do: 'start' }))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['sent']))
    await host.post('demo', alert({ do: 'stop' }))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['sent', 'succeeded']))
    release.resolve()
    expect(stops).toBe(1)
  })

  it('end as rejected, with a dead letter, when the bot answers with status 400', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.heard('alpha')
    await host.bus.serve('hbot/alpha/start', () => ({ status: 400, msg: 'already running' }))
    await host.post('demo', alert({ do: 'start' }))
    await vi.waitFor(async () => expect(await host.deadLetters()).toHaveLength(1))
    expect(await host.deadLetters()).toMatchObject([
      { code: 'REJECTED', source: 'demo', reason: 'the bot answered with status 400: already running' },
    ])
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['rejected']))
  })

  it('end as unknown, and are never sent again, when nobody answers', async () => {
    holdClock()
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.heard('alpha')
    let calls = 0
    await host.bus.serve('hbot/alpha/start', (_, { signal }) => {
      calls++
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await host.post('demo', alert({ do: 'start' }))
    await vi.waitFor(() => expect(calls).toBe(1))
    await vi.advanceTimersByTimeAsync(36_000)
    await vi.waitFor(async () => expect(await host.deadLetters()).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['unknown']))
    expect(calls).toBe(1)
  })
})

describe('a bot that is not heard', () => {
  it('gets what was held for it when it appears', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    const events = await eventsOf(host, 'alpha')
    await host.post('demo', alert({ n: 1 }))
    await host.post('demo', alert({ n: 2 }))
    expect(events).toEqual([])
    await vi.waitFor(() => expect(host.metrics.values.get('held')).toBe(1))
    await host.heard('alpha')
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { n: 1 } }, { data: { n: 2 } }]))
    expect(host.metrics.values.get('held')).toBe(0)
  })

  it('loses what was held for it once holdFor is over', async () => {
    holdClock()
    await using host = await TestHost.start({ config: { routes: { demo: commands({ holdFor: 20 }) } } })
    const events = await eventsOf(host, 'alpha')
    await host.post('demo', alert({ n: 1 }))
    await vi.advanceTimersByTimeAsync(19_000)
    expect(await statusesOf(host)).toEqual(['pending'])
    await vi.advanceTimersByTimeAsync(1_500)
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['expired']))
    expect(await host.deadLetters()).toMatchObject([{ code: 'BOT_UNAVAILABLE' }])
    await host.heard('alpha')
    expect(events).toEqual([])
  })

  it('is not known yet in the first 11 s, and away afterwards', async () => {
    holdClock()
    await using host = await TestHost.start({ config: { routes: { demo: commands({ unavailable: 'dead-letter' }) } } })
    await host.post('demo', alert({ n: 1 }))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await statusesOf(host)).toEqual(['pending'])
    await vi.advanceTimersByTimeAsync(2_000)
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['failed']))
    await host.post('demo', alert({ n: 2 }))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['failed', 'failed']))
    expect((await host.deadLetters()).map(({ code }) => code)).toEqual(['BOT_UNAVAILABLE', 'BOT_UNAVAILABLE'])
  })

  it('is sent to all the same where the route says publish', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands({ unavailable: 'publish' }) } } })
    const events = await eventsOf(host, 'alpha')
    await host.post('demo', alert({ n: 1 }))
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { n: 1 } }]))
  })

  it('is stopped as soon as it serves the command', async () => {
    holdClock()
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.post('demo', alert({ do: 'stop' }))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['sent']))
    let stops = 0
    await host.bus.serve('hbot/alpha/stop', () => ({ status: 200, msg: String(++stops) }))
    await vi.advanceTimersByTimeAsync(1_500)
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['succeeded']))
    expect(stops).toBe(1)
  })
})

describe('a broker that is down', () => {
  it('gets what was held when the link is back', async () => {
    const broker = new MemoryBroker()
    await using host = await TestHost.start({ broker, config: { routes: { demo: commands() } } })
    const told: unknown[] = []
    await host.bus.subscribe('signals/#', ({ data }) => void told.push(data))
    broker.stop()
    expect(await host.post('demo', alert({ do: 'tell', n: 1 }))).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(host.metrics.values.get('held')).toBe(1))
    expect(await statusesOf(host)).toEqual(['pending'])
    broker.start()
    await vi.waitFor(() => expect(told).toEqual([{ n: 1 }]))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['succeeded']))
  })

  it('makes dead letters of what expires meanwhile', async () => {
    holdClock()
    const broker = new MemoryBroker()
    await using host = await TestHost.start({ broker, config: { routes: { demo: commands({ holdFor: 5 }) } } })
    broker.stop()
    await host.post('demo', alert({ do: 'tell', n: 1 }))
    await vi.advanceTimersByTimeAsync(6_000)
    await vi.waitFor(async () => expect(await host.deadLetters()).toMatchObject([{ code: 'BROKER_UNAVAILABLE' }]))
    broker.start()
  })
})

describe('a restart', () => {
  it('goes on with what waited, in order, and never repeats what may have left', async () => {
    await using store = await openStore('sqlite::memory:')
    const config = { routes: { demo: commands() } }
    const first = await TestHost.start({ config, store })
    for (const n of [1, 2, 3]) await first.post('demo', alert({ n }))
    const journal = store.forPlugin('tradingview').executions
    const [oldest] = await journal.open(['pending'])
    await first[Symbol.asyncDispose]()
    // As if the process had died right after this.
    await journal.begin(oldest?.id ?? '')
    await using host = await TestHost.start({ config, store })
    const events = await eventsOf(host, 'alpha')
    expect(await host.deadLetters()).toMatchObject([{ code: 'OUTCOME_UNKNOWN', source: 'demo', execution: oldest?.id }])
    await host.heard('alpha')
    await vi.waitFor(() => expect(events).toMatchObject([{ data: { n: 2 } }, { data: { n: 3 } }]))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['unknown', 'succeeded', 'succeeded']))
  })

  it('leaves what expired while the server was down', async () => {
    await using store = await openStore('sqlite::memory:')
    const config = { routes: { demo: commands({ holdFor: 1 }) } }
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 10_000 })
    const first = await TestHost.start({ config, store })
    await first.post('demo', alert({ do: 'tell', n: 1 }))
    await vi.waitFor(async () => expect(await statusesOf(first)).toEqual(['succeeded']))
    await first.post('demo', alert({ n: 1 }))
    await first[Symbol.asyncDispose]()
    vi.useRealTimers()
    await using host = await TestHost.start({ config, store })
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['succeeded', 'expired']))
    expect(await host.deadLetters()).toMatchObject([{ code: 'BOT_UNAVAILABLE' }])
  })

  it('answers 503 while it ends, and waits for what is under way', async () => {
    await using host = await TestHost.start({ config: { routes: { demo: commands() } } })
    await host.heard('alpha')
    const release = Promise.withResolvers<void>()
    await host.bus.serve('hbot/alpha/start', async () => {
      await release.promise
      return { status: 200, msg: '' }
    })
    await host.post('demo', alert({ do: 'start' }))
    await host.post('demo', alert({ n: 1 }))
    await vi.waitFor(async () => expect(await statusesOf(host)).toEqual(['sent', 'pending']))
    const stopped = host.stop()
    expect(await host.post('demo', alert({ n: 2 }))).toEqual({
      status: 503,
      body: { error: { code: 'SHUTTING_DOWN', message: expect.any(String) } },
    })
    release.resolve()
    await stopped
    expect(await statusesOf(host)).toEqual(['succeeded', 'pending'])
  })
})
