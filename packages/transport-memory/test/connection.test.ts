import { connectBus, type TransportState } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, party, rejection } from './party.ts'
import { setUp } from './raw-client.ts'

describe('connecting', () => {
  it('rejects while the broker is away, and when the signal has fired', async () => {
    const broker = new MemoryBroker()
    expect(await rejection(connectBus(memory({ broker }), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'CANCELLED',
    })
    broker.stop()
    expect(await rejection(connectBus(memory({ broker })))).toMatchObject({ code: 'NOT_CONNECTED' })
    expect(broker.clients).toBe(0)
  })

  it('shows the transport, its capabilities and the state', async () => {
    const { client } = await setUp()
    expect(client.bus.transportName).toBe('memory')
    expect(client.bus.capabilities).toMatchObject({ wildcards: true, noResponder: 'definite' })
    expect(client.bus.state).toEqual({ status: 'connected' })
  })
})

describe('when the link drops', () => {
  it('rejects all calls in flight at once with an unknown outcome, and sends nothing again later', async () => {
    const { broker, server, client } = await setUp()
    let runs = 0
    const { opened, open } = gate()
    await server.bus.serve('a/b', () => {
      runs++
      return opened
    })
    const calls = Array.from({ length: 50 }, () => rejection(client.bus.call('a/b')))
    await expect.poll(() => runs).toBe(50)
    broker.stop()
    expect(client.bus.pendingCalls).toBe(0)
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown', retryable: true })
    }
    broker.start()
    open()
    await server.bus.serve('a/c', () => 'up')
    expect(await client.bus.call('a/c')).toBe('up')
    expect(runs).toBe(50)
  })

  it('fails fast, not sent, and delivers nothing of it later', async () => {
    const { broker, server, client } = await setUp()
    const seen: unknown[] = []
    await server.bus.serve('a/b', (request) => void seen.push(request))
    await server.bus.subscribe('a/c', ({ data }) => void seen.push(data))
    broker.stop()
    const started = performance.now()
    expect(await rejection(client.bus.call('a/b', 'lost'))).toMatchObject({
      code: 'NOT_CONNECTED',
      outcome: 'not_sent',
    })
    expect(await rejection(client.bus.publish('a/c', 'lost'))).toMatchObject({ code: 'NOT_CONNECTED' })
    expect(await rejection(client.bus.subscribe('a/c', () => undefined))).toMatchObject({ code: 'NOT_CONNECTED' })
    expect(performance.now() - started).toBeLessThan(1_000)
    broker.start()
    await client.bus.call('a/b', 'call')
    await client.bus.publish('a/c', 'message')
    await expect.poll(() => seen).toEqual(['call', 'message'])
  })

  it('tells its state with the cause, and goes on by itself when the link is back, with one run for each call', async () => {
    const { broker, server, client } = await setUp()
    const states: TransportState['status'][] = []
    const stop = client.bus.onState(({ status }) => states.push(status))
    let runs = 0
    await server.bus.serve('a/b', () => ++runs)
    const stream = client.bus.messages('a/c')
    await stream.ready
    for (let restart = 1; restart <= 2; restart++) {
      broker.stop()
      expect(client.bus.state).toMatchObject({ status: 'reconnecting', cause: { code: 'NOT_CONNECTED' } })
      broker.start()
      expect(await client.bus.call('a/b')).toBe(restart)
      await server.bus.publish('a/c', restart)
      expect((await stream.next()).value?.data).toBe(restart)
    }
    stop()
    await client.bus.close()
    expect(states).toEqual(['reconnecting', 'connected', 'reconnecting', 'connected'])
    expect(client.bus.state).toEqual({ status: 'closed' })
  })

  it('takes what the broker that came back takes, be it less or more', async () => {
    const broker = new MemoryBroker()
    const transport = memory({ broker })
    const capabilities = { ...transport.capabilities, maxPayload: 10 }
    const { bus } = await party(altered(transport, { capabilities }))
    const tooLarge = { code: 'INVALID_PAYLOAD', message: expect.stringContaining('limit of 10') }
    expect(await rejection(bus.publish('a', 'x'.repeat(20)))).toMatchObject(tooLarge)
    broker.stop()
    capabilities.maxPayload = 30
    broker.start()
    await bus.publish('a', 'x'.repeat(20))
    expect(await rejection(bus.publish('a', 'x'.repeat(40)))).toMatchObject({ code: 'INVALID_PAYLOAD' })
  })

  it('reports a listener of its state that throws', async () => {
    const { broker, client } = await setUp()
    client.bus.onState(() => {
      throw new Error('defect')
    })
    broker.stop()
    expect(client.events).toContainEqual({ type: 'listener_failed', topic: 'state', error: new Error('defect') })
  })
})
