import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { BotbusError, type Bus, connectBus, type Service } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, type Party, party, rejection } from './party.ts'
import { setUp } from './raw-client.ts'

async function hasServer({ bus }: Party): Promise<boolean> {
  const error = await bus.call('a/b', {}, { timeout: 10 }).catch((thrown: unknown) => thrown)
  return !(BotbusError.is(error) && error.code === 'NO_RESPONDER')
}

/** Lets everything go on that waits for nothing but a turn. */
async function ticks(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
}

/** A service at `a/b` whose handlers answer when they are told to. */
async function serveHeld(bus: Bus): Promise<{ service: Service; started: Promise<void>; answer: () => void }> {
  const { opened, open } = gate()
  const started = gate()
  const service = await bus.serve('a/b', async () => {
    started.open()
    await opened
    return 'answered'
  })
  return { service, started: started.opened, answer: open }
}

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
    const { started, answer } = await serveHeld(server.bus)
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started
    const closing = server.bus.close({ grace: 60_000 })
    await expect.poll(() => hasServer(client)).toBe(false)
    answer()
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
    const { service, started, answer } = await serveHeld(server.bus)
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started
    await service[Symbol.asyncDispose]()
    const closing = server.bus.close({ grace: 60_000 })
    await expect.poll(() => hasServer(client)).toBe(false)
    answer()
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
    const { started, answer } = await serveHeld(server.bus)
    const call = client.bus.call('a/b', {}, { timeout: 2_000 })
    await started
    const closing = server.bus.close({ grace: 60_000 })
    await ticks()
    answer()
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
