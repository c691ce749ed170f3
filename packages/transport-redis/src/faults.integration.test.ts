import { describe, expect, it, vi } from 'vitest'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { failure, nextState, open, openRaw } from '../test/support.ts'

describe('a connection', () => {
  it.each(['normal', 'pubsub'])('of type %s that Redis kills is noticed at once; all come back', async (type) => {
    await using broker = await startRedis()
    await using client = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    const listener = vi.fn()
    await client.bus.subscribe('news/#', listener)
    await client.bus.serve('s', () => 'ok')
    const [lost, back] = [nextState(client.bus, 'reconnecting'), nextState(client.bus, 'connected')]
    await raw.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
    await lost
    await back
    await client.bus.publish('news/1', 1)
    expect(await client.bus.call('s')).toBe('ok')
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    const connections = String(await raw.client('LIST')).match(/ name=botbus-\S+/g)
    expect(connections?.toSorted()).toEqual([' name=botbus-list', ' name=botbus-pub', ' name=botbus-sub'])
  })

  it('that waits in lists is missed when it is killed, and opened again', async () => {
    await using broker = await startRedis()
    await using client = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    await client.bus.serve('s', () => 'ok')
    const [lost, back] = [nextState(client.bus, 'reconnecting'), nextState(client.bus, 'connected')]
    const id = /^id=(\d+) .* name=botbus-list /m.exec(String(await raw.client('LIST')))?.[1]
    await raw.client('KILL', 'ID', String(id))
    await lost
    await back
    await raw.rpush('s', JSON.stringify({ header: { reply_to: `rpc-${'1'.repeat(32)}` }, data: {} }))
    expect(await raw.blpop(`rpc-${'1'.repeat(32)}`, 5)).not.toBeNull()
  })

  it('to a frozen server is noticed within twice the keepalive, and no idle one is taken for frozen', async () => {
    await using broker = await startRedis()
    await using client = await open({ url: broker.url, keepalive: 1, connectTimeout: 1_000 })
    await client.bus.serve('s', () => 'ok')
    const states = vi.fn()
    client.bus.onState(states)
    // Long enough for several signs of life on each connection.
    await using raw = openRaw(broker.url)
    await raw.blpop('nothing', 3)
    expect(states).not.toHaveBeenCalled()
    const lost = nextState(client.bus, 'reconnecting')
    const started = performance.now()
    broker.freeze()
    await lost
    expect(performance.now() - started).toBeLessThan(2_000)
    const back = nextState(client.bus, 'connected')
    broker.thaw()
    await back
    expect(await client.bus.call('s')).toBe('ok')
  })

  it('that reads too slowly is cut off by Redis, and comes back', async () => {
    await using broker = await startRedis({ config: ['client-output-buffer-limit pubsub 1mb 1mb 1'] })
    await using publisher = await open({ url: broker.url })
    await using subscriber = await open({ url: broker.url })
    expect(subscriber.bus.capabilities.maxPayload).toBeLessThan(1024 * 1024)
    const listener = vi.fn()
    await subscriber.bus.subscribe('flood', listener)
    const [lost, back] = [nextState(subscriber.bus, 'reconnecting'), nextState(subscriber.bus, 'connected')]
    const sent = Promise.all(Array.from({ length: 40 }, () => publisher.bus.publish('flood', 'x'.repeat(700_000))))
    await lost
    await sent
    await back
    await publisher.bus.publish('flood', 'last')
    await vi.waitFor(() => expect(listener.mock.lastCall?.[0].data).toBe('last'))
  })
})

describe('a restart of Redis', () => {
  it('is survived: subscriptions, servers and lists are there again, nothing is sent twice', async () => {
    await using broker = await startRedis()
    await using client = await open({ url: broker.url })
    const listener = vi.fn()
    await client.bus.subscribe('news/+', listener)
    const handler = vi.fn(() => 'ok')
    await client.bus.serve('s', handler)
    const lost = nextState(client.bus, 'reconnecting')
    await broker.kill()
    await lost
    expect(await failure(client.bus.call('s'))).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'not_sent' })
    expect((await failure(client.bus.publish('news/1', 'lost'))).code).toBe('NOT_CONNECTED')
    const back = nextState(client.bus, 'connected')
    await broker.start()
    await back
    await client.bus.publish('news/1', 'new')
    expect(await client.bus.call('s')).toBe('ok')
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    expect(listener.mock.lastCall?.[0].data).toBe('new')
    expect(handler).toHaveBeenCalledOnce()
  })

  it('with data to load is waited for', async () => {
    await using broker = await startRedis()
    await using raw = openRaw(broker.url)
    await using client = await open({ url: broker.url })
    const lost = nextState(client.bus, 'reconnecting')
    const back = nextState(client.bus, 'connected')
    await raw.set('key', 'x')
    await broker.restart()
    await lost
    await back
    await client.bus.publish('x', 1, { qos: 1 })
  })
})

describe('closing', () => {
  it('takes everything back: no connection, channel, pattern or key without an expiry is left', async () => {
    await using broker = await startRedis()
    await using raw = openRaw(broker.url)
    const client = await open({ url: broker.url })
    await client.bus.subscribe('a/#', () => undefined)
    await client.bus.serve('s', () => 'ok')
    await client.bus.serve('s/+', () => 'ok', { group: 'g' })
    await client.bus.call('s/1')
    await client.bus.close()
    await vi.waitFor(async () => expect(String(await raw.client('LIST')).match(/name=botbus/g)).toBeNull())
    expect(await raw.pubsub('CHANNELS')).toEqual([])
    expect(await raw.pubsub('SHARDCHANNELS')).toEqual([])
    expect(await raw.pubsub('NUMPAT')).toBe(0)
    for (const key of await raw.keys('*')) expect(await raw.pttl(key)).toBeGreaterThan(0)
  })
})
