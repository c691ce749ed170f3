import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Client, Subscription } from 'aedes'
import { describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { failure, nextState, open, startAedes } from '../test/support.ts'
import { mqtt } from './mqtt.ts'

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => /TCP|Socket/.test(name)).length
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

describe('200 rounds of connect, subscribe, call, unsubscribe and close', () => {
  it('leave no socket, timer, memory or subscription behind', async () => {
    await using broker = await startMosquitto({ config: ['sys_interval 1'] })
    const controller = new AbortController()
    const round = async (): Promise<void> => {
      await using client = await open({ url: broker.url }, { signal: controller.signal })
      const subscription = await client.bus.subscribe('round/#', () => undefined)
      await client.bus.serve('round/echo', (request) => request)
      await client.bus.call('round/echo', 'x'.repeat(10_000))
      await subscription.close()
    }
    const measure = async (): Promise<{ sockets: number; timers: number; heap: number }> => {
      await turn()
      globalThis.gc?.()
      return { sockets: sockets(), timers: timers(), heap: process.memoryUsage().heapUsed }
    }
    for (let index = 0; index < 50; index++) await round()
    const before = await measure()
    for (let index = 0; index < 200; index++) await round()
    const after = await measure()
    expect(after.sockets).toBeLessThanOrEqual(before.sockets)
    expect(after.timers).toBeLessThanOrEqual(before.timers + 1)
    expect(after.heap - before.heap).toBeLessThan(30 * 2 ** 20)
    await using monitor = await open({ url: broker.url })
    const count = vi.fn()
    await monitor.bus.subscribe('$SYS/broker/subscriptions/count', ({ data }) => count(data))
    await vi.waitFor(() => expect(count.mock.lastCall?.[0]).toBeLessThan(10), { timeout: 15_000 })
  })
})

describe('close', () => {
  it('sends what is on its way, is idempotent, and refuses what comes after', async () => {
    await using broker = await startMosquitto()
    await using subscriber = await open({ url: broker.url })
    const received = vi.fn()
    await subscriber.bus.subscribe('last/+', received)
    const events = { state: vi.fn(), reply: vi.fn(), problem: vi.fn(), unanswerable: vi.fn() }
    const transport = mqtt({ url: broker.url })
    await transport.connect({ events })
    const unsubscribe = await transport.subscribe('x', () => undefined)
    const publishing = Array.from({ length: 50 }, (_, index) => transport.publish(`last/${index}`, '1', { qos: 1 }))
    const closing = transport.close()
    expect(transport.close()).toBe(closing)
    await Promise.all([...publishing, closing])
    await vi.waitFor(() => expect(received).toHaveBeenCalledTimes(50))
    expect((await failure(transport.publish('x', '1'))).code).toBe('CLOSED')
    expect((await failure(transport.subscribe('x', () => undefined))).code).toBe('CLOSED')
    await unsubscribe()
    expect(events.state.mock.calls).toEqual([[{ status: 'closed' }]])
    expect((await failure(transport.connect({ events }))).code).toBe('INVALID_ARGUMENT')
  })

  it('of a bus lets a running handler publish and reply first', async () => {
    await using broker = await startMosquitto()
    await using client = await open({ url: broker.url })
    await using server = await open({ url: broker.url })
    const events = vi.fn()
    await client.bus.subscribe('hbot/b/events', ({ data }) => events(data))
    let closing: Promise<void> | undefined
    await server.bus.serve('hbot/b/stop', async () => {
      closing = server.bus.close()
      await turn()
      await server.bus.publish('hbot/b/events', 'stopping', { qos: 1 })
      return 'stopped'
    })
    expect(await client.bus.call('hbot/b/stop')).toBe('stopped')
    await closing
    await vi.waitFor(() => expect(events.mock.calls).toEqual([['stopping']]))
    expect(server.problems()).toEqual([])
  })

  it('without connect does nothing', async () => {
    await mqtt({ url: 'mqtt://127.0.0.1:1' }).close()
  })
})

describe('every connection', () => {
  it('has Nagle’s algorithm off, also after a reconnect', async () => {
    await using broker = await startMosquitto()
    const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay')
    await using client = await open({ url: broker.url })
    expect(setNoDelay.mock.calls).toEqual([[true]])
    const back = nextState(client.bus, 'connected')
    await broker.kill()
    await broker.start()
    await back
    expect(setNoDelay.mock.calls.slice(1)).toEqual([[true]])
    setNoDelay.mockRestore()
  })

  it('begins with the protocol version that the broker accepted last', async () => {
    await using broker = await startAedes()
    await using client = await open({ url: broker.url })
    expect(broker.connections()).toBe(2) // MQTT 5, which it refuses, and the one that stays
    const back = nextState(client.bus, 'connected')
    broker.dropClients()
    await back
    expect(broker.connections()).toBe(3)
  })

  it('agrees on another protocol version when another broker takes over', async () => {
    await using first = await startMosquitto()
    await using client = await open({ url: first.url })
    expect(client.bus.capabilities.noResponder).toBe('best-effort')
    const back = nextState(client.bus, 'connected')
    await first.stop()
    await using _second = await startAedes({}, first.port)
    await back
    expect(client.bus.capabilities.noResponder).toBe('presence')
  })
})

describe('calls', () => {
  it('receive all replies through the inbox that was opened at connect', async () => {
    const subscribed: string[] = []
    await using broker = await startAedes({
      authorizeSubscribe: (_client: Client | null, subscription: Subscription, done) => {
        subscribed.push(subscription.topic)
        done(null, subscription)
      },
    })
    await using client = await open({ url: broker.url })
    await client.bus.serve('hbot/b/echo', (request) => request)
    await client.bus.serve('service/echo', (request) => request)
    for (const address of ['hbot/b/echo', 'service/echo', 'hbot/b/echo', 'service/echo']) {
      await client.bus.call(address, 1)
    }
    expect(subscribed).toEqual([
      expect.stringMatching(/^_inbox\//),
      expect.stringMatching(/^hbot\/\+\/reply\//),
      'hbot/b/echo',
      'service/echo',
    ])
  })
})

describe('a single connection', () => {
  it('does everything, slower', async () => {
    await using broker = await startMosquitto({ config: ['set_tcp_nodelay true'] })
    await using client = await open({ url: broker.url, clientId: 'only', connections: 1 })
    await client.bus.serve('hbot/b/status', () => 'ok')
    expect(await client.bus.call('hbot/b/status')).toBe('ok')
    expect((await failure(client.bus.call('hbot/nobody/status'))).code).toBe('NO_RESPONDER')
  })
})

describe('a broker that refuses subscriptions', () => {
  const denying = (denied: (topic: string) => boolean) =>
    startAedes({
      authorizeSubscribe: (_client: Client | null, subscription: Subscription, done) =>
        done(null, denied(subscription.topic) ? null : subscription),
    })

  it('rejects the subscription', async () => {
    await using broker = await denying((topic) => topic === 'secret')
    await using client = await open({ url: broker.url })
    expect((await failure(client.bus.subscribe('secret', () => undefined))).code).toBe('UNAUTHORIZED')
    expect(client.problems()).toEqual([])
  })

  it('leaves calls working through the inbox that it grants', async () => {
    await using broker = await denying((topic) => topic.startsWith('_inbox/'))
    await using client = await open({ url: broker.url })
    expect(client.problems()).toEqual(['UNAUTHORIZED'])
    await client.bus.serve('service/echo', (request) => request)
    await client.bus.serve('hbot/b/status', (request) => request)
    expect(await client.bus.call('service/echo', 1)).toBe(1)
    expect(await client.bus.call('hbot/b/status', 2)).toBe(2)
  })

  it('of every inbox lets connecting succeed and only calls fail', async () => {
    await using broker = await denying((topic) => topic.endsWith('/+'))
    await using client = await open({ url: broker.url })
    const served = vi.fn()
    await client.bus.serve('hbot/b/status', served)
    const error = await failure(client.bus.call('hbot/b/status'))
    expect([error.code, error.outcome]).toEqual(['UNAUTHORIZED', 'not_sent'])
    expect(served).not.toHaveBeenCalled()
    await client.bus.publish('x', 1, { qos: 1 })
  })

  it('after a reconnect is reported, and asked again at the next', async () => {
    let isDenied = false
    await using broker = await denying((topic) => isDenied && topic === 'news')
    await using client = await open({ url: broker.url })
    await using publisher = await open({ url: broker.url })
    const listener = vi.fn()
    await client.bus.subscribe('news', listener)
    for (const denied of [true, false]) {
      isDenied = denied
      const back = Promise.all([nextState(client.bus, 'connected'), nextState(publisher.bus, 'connected')])
      broker.dropClients()
      await back
      expect(client.problems()).toEqual(['UNAUTHORIZED'])
    }
    await publisher.bus.publish('news', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
  })
})
