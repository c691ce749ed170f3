import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { BotbusError, connectBus, type TransportState } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, type Party, party, rejection } from './party.ts'

async function setUp(): Promise<{ broker: MemoryBroker; server: Party; client: Party }> {
  const broker = new MemoryBroker()
  return { broker, server: await party({ broker }), client: await party({ broker }) }
}

async function hasServer({ bus }: Party): Promise<boolean> {
  const error = await bus.call('a/b', {}, { timeout: 10 }).catch((thrown: unknown) => thrown)
  return !(BotbusError.is(error) && error.code === 'NO_RESPONDER')
}

/** Lets everything go on that waits for nothing but a turn. */
async function ticks(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
}

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

describe('close', () => {
  it('rejects calls in flight and later ones, and everything else', async () => {
    const { server, client } = await setUp()
    await server.bus.serve('a/b', () => gate().opened)
    const call = rejection(client.bus.call('a/b'))
    await client.bus.close()
    expect(await call).toMatchObject({ code: 'CLOSED', outcome: 'unknown' })
    expect(await rejection(client.bus.call('a/b'))).toMatchObject({ code: 'CLOSED', outcome: 'not_sent' })
    expect(await rejection(client.bus.publish('a', 1))).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(client.bus.subscribe('a', () => 1))).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(client.bus.serve('a', () => 1))).toMatchObject({ code: 'CLOSED' })
  })

  it('lets running handlers answer within the grace time', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    const started = gate()
    await server.bus.serve('a/b', async () => {
      started.open()
      await opened
      return 'answered'
    })
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started.opened
    const closing = server.bus.close({ grace: 60_000 })
    await expect.poll(() => hasServer(client)).toBe(false)
    open()
    await closing
    expect(await call).toBe('answered')
    expect(await rejection(client.bus.call('a/b'))).toMatchObject({ code: 'NO_RESPONDER' })
  })

  it('lets running handlers and listeners publish within the grace time, but open and call nothing', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    const refused: unknown[] = []
    const attempt = async (name: string): Promise<void> => {
      await opened
      await server.bus.publish('events', name)
      refused.push(await rejection(server.bus.call('a/b')))
      refused.push(await rejection(server.bus.subscribe('a', () => undefined)))
      refused.push(await rejection(server.bus.serve('a', () => undefined)))
    }
    const started = [gate(), gate()]
    await server.bus.serve('a/b', async () => {
      started[0]?.open()
      await attempt('handler')
    })
    await server.bus.subscribe('a/c', async () => {
      started[1]?.open()
      await attempt('listener')
    })
    const events: unknown[] = []
    await client.bus.subscribe('events', ({ data }) => void events.push(data))
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await client.bus.publish('a/c', 1)
    await Promise.all(started.map((each) => each.opened))
    const closing = server.bus.close({ grace: 60_000 })
    await ticks()
    open()
    await closing
    expect(await call).toBeNull()
    await expect.poll(() => events.toSorted()).toEqual(['handler', 'listener'])
    expect(refused).toHaveLength(6)
    for (const error of refused) expect(error).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(server.bus.publish('events', 'late'))).toMatchObject({ code: 'CLOSED' })
  })

  it('refuses what handlers publish once the grace time is over, while the link still closes', async () => {
    const transport = memory({ broker: new MemoryBroker() })
    const { opened, open } = gate()
    const { bus } = await party(altered(transport, { close: () => opened.then(() => transport.close()) }))
    const running = gate()
    const aborted = gate()
    await bus.serve('a/b', async (_, { signal }) => {
      signal.addEventListener('abort', aborted.open)
      running.open()
      await gate().opened
    })
    const call = rejection(bus.call('a/b'))
    await running.opened
    const closing = bus.close({ grace: 20 })
    expect(await call).toMatchObject({ code: 'CLOSED' })
    await aborted.opened
    expect(await rejection(bus.publish('a', 1))).toMatchObject({ code: 'CLOSED' })
    open()
    await closing
  })

  it('waits also for the handlers of a service that was closed before', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    const started = gate()
    const service = await server.bus.serve('a/b', async () => {
      started.open()
      await opened
      return 'answered'
    })
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started.opened
    await service[Symbol.asyncDispose]()
    const closing = server.bus.close({ grace: 60_000 })
    await expect.poll(() => hasServer(client)).toBe(false)
    open()
    await closing
    expect(await call).toBe('answered')
  })

  it('aborts handlers that outlast the grace time, and their late replies do no harm', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    const aborted = gate()
    await server.bus.serve('a/b', async (_, { signal }) => {
      signal.addEventListener('abort', aborted.open)
      await opened
    })
    const call = rejection(client.bus.call('a/b', {}, { timeout: 300 }))
    await expect.poll(() => client.bus.pendingCalls).toBe(1)
    await server.bus.close({ grace: 20 })
    await aborted.opened
    open()
    await expect
      .poll(() => server.events)
      .toContainEqual({ type: 'problem', error: expect.objectContaining({ code: 'CLOSED' }) })
    expect(await call).toMatchObject({ code: 'TIMEOUT' })
  })

  it('lets a handler close its own bus', async () => {
    const { server, client } = await setUp()
    await server.bus.serve('a/b', () => void server.bus.close({ grace: 1_000 }))
    expect(await client.bus.call('a/b')).toBeNull()
    await server.bus.close()
    expect(server.bus.state).toEqual({ status: 'closed' })
  })

  it('is idempotent: the second one is the first one', async () => {
    const { client } = await setUp()
    const first = client.bus.close()
    expect(client.bus.close()).toBe(first)
    await first
    await client.bus[Symbol.asyncDispose]()
  })

  it('waits for handlers although an unsubscribe fails, and says so', async () => {
    const broker = new MemoryBroker()
    const transport = memory({ broker })
    const failed = new BotbusError('NOT_CONNECTED', 'down')
    const server = await party(
      altered(transport, {
        serve: async (...all) => {
          await transport.serve(...all)
          return () => Promise.reject(failed)
        },
      }),
    )
    const client = await party({ broker })
    const { opened, open } = gate()
    const started = gate()
    await server.bus.serve('a/b', async () => {
      started.open()
      await opened
      return 'answered'
    })
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started.opened
    const closing = server.bus.close({ grace: 60_000 })
    await ticks()
    open()
    await closing
    expect(await call).toBe('answered')
    expect(server.events).toContainEqual({ type: 'problem', error: failed })
  })

  it('is closed also when the transport fails to', async () => {
    const failed = new BotbusError('INTERNAL', 'no')
    const bus = await connectBus(
      altered(memory({ broker: new MemoryBroker() }), { close: () => Promise.reject(failed) }),
    )
    expect(await rejection(bus.close())).toBe(failed)
    expect(bus.state).toEqual({ status: 'closed' })
  })

  it('leaves nothing at the broker, 1,000 times', async () => {
    const broker = new MemoryBroker()
    for (let round = 0; round < 1_000; round++) {
      const bus = await connectBus(memory({ broker }))
      const subscription = await bus.subscribe('a/#', () => undefined, { group: `g${round}` })
      await bus.serve('a/b', () => 1)
      if (round % 2) await subscription.close()
      await bus.close()
    }
    expect(broker.clients).toBe(0)
    expect(broker.request({ topic: 'a/b', payload: Buffer.of(), retained: false })).toBe(false)
  })

  it('leaves no timer: the process ends by itself, also after timeouts, aborts and open deadlines', async () => {
    const script = fileURLToPath(new URL('./ends-by-itself.ts', import.meta.url))
    const loader = process.features.typescript ? [] : ['--experimental-strip-types']
    const child = spawn(process.execPath, [...loader, '--conditions=@botbus/source', script], { stdio: 'pipe' })
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)))
    const started = performance.now()
    const [code] = (await once(child, 'exit')) as [number]
    expect(output.join('')).toBe('closed\n')
    expect(code).toBe(0)
    // The longest timer that the script could leave behind is one of 30 s.
    expect(performance.now() - started).toBeLessThan(9_000)
  })
})
