import { getEventListeners } from 'node:events'
import type { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, party, rejection } from './party.ts'

describe.each(['native', 'envelope'] as const)('a call with %s headers', (headers) => {
  const setUp = async (): ReturnType<typeof parties> => parties(headers)

  it.each([[{ a: [1, 'é', null] }], [null], [0], [''], [false], [[1, 2]], ['🤖 \u0000']])(
    'brings %j there and back unchanged',
    async (value) => {
      const { client, server } = await setUp()
      await server.bus.serve('a/b', (request) => request)
      expect(await client.bus.call('a/b', value)).toEqual(value)
    },
  )

  it('brings headers to the handler, odd ones too', async () => {
    const { client, server } = await setUp()
    await server.bus.serve('a/b', (_, context) => context.headers)
    const odd = { traceparent: '00-abc', empty: '', unicode: 'größe 🤖', quote: '"\\\n', 'X-Case': 'Y' }
    expect(await client.bus.call('a/b', {}, { headers: odd })).toEqual(odd)
  })

  it('carries 1 MiB, and refuses more than the limit without harm to the bus', async () => {
    const { client, server } = await setUp()
    await server.bus.serve('a/b', (request) => request)
    const large = 'x'.repeat(1024 * 1024)
    expect(await client.bus.call('a/b', large)).toBe(large)
    const tooLarge = await rejection(client.bus.call('a/b', 'x'.repeat(4 * 1024 * 1024)))
    expect(tooLarge).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'not_sent' })
    expect(await client.bus.call('a/b', 'again')).toBe('again')
  })

  it('tells a reply over the limit as INVALID_PAYLOAD, executed', async () => {
    const { client, server } = await setUp()
    await server.bus.serve('a/b', () => 'x'.repeat(4 * 1024 * 1024))
    const error = await rejection(client.bus.call('a/b'))
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
  })

  it('finds its own reply among 1,000 that come in random order', async () => {
    const { client, server } = await setUp()
    const waiting: (() => void)[] = []
    await server.bus.serve('a/b', (request) => new Promise((resolve) => waiting.push(() => resolve(request))), {
      concurrency: 1_000,
    })
    const calls = Array.from({ length: 1_000 }, (_, index) => client.bus.call('a/b', { index }))
    await expect.poll(() => waiting.length).toBe(1_000)
    expect(client.bus.pendingCalls).toBe(1_000)
    for (const answer of waiting.toSorted(() => Math.random() - 0.5)) answer()
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => ({ index })))
    expect(client.bus.pendingCalls).toBe(0)
    expect(client.drops()).toEqual([])
  })

  it('gets no reply that was meant for another client', async () => {
    const { broker, client, server } = await setUp()
    const other = await party({ broker, headers })
    await server.bus.serve('a/b', (request) => request)
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? client : other).bus.call('a/b', index)),
    )
    expect(replies).toEqual(replies.map((_, index) => index))
    expect([...client.drops(), ...other.drops()]).toEqual([])
  })

  it('works right after connect, 100 times in a row', async () => {
    const { broker, server } = await setUp()
    await server.bus.serve('a/b', () => 'pong')
    for (let round = 0; round < 100; round++) {
      const { bus } = await party({ broker, headers })
      expect(await bus.call('a/b')).toBe('pong')
      await bus.close()
    }
  })

  it('rejects NO_RESPONDER, not sent, when nobody serves the address, also while a monitor listens', async () => {
    const { client, server } = await setUp()
    await server.bus.subscribe('#', () => undefined)
    await server.bus.serve('a/other', () => 1)
    const error = await rejection(client.bus.call('a/b'))
    expect(error).toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent', retryable: true })
    expect(client.bus.pendingCalls).toBe(0)
  })

  it('rejects with the code and the text of a failure at the other side', async () => {
    const { client, server } = await setUp()
    await server.bus.serve('a/b', () => {
      throw new TypeError('broken')
    })
    const error = (await rejection(client.bus.call('a/b'))) as BotbusError
    expect(error).toMatchObject({ code: 'REMOTE', message: 'broken', outcome: 'executed' })
    expect(JSON.stringify([error, error.remote, error.cause])).not.toContain('test.ts')
  })

  it('rejects INVALID_PAYLOAD, executed, when the reply cannot be read', async () => {
    const { broker } = await setUp()
    broker.serve({
      pattern: 'raw/#',
      group: undefined,
      listener: ({ replyTo, payload }) => {
        const { header } = JSON.parse(Buffer.from(payload).toString()) as { header?: { reply_to: string } }
        broker.reply(replyTo ?? header?.reply_to ?? '', { payload: 'nonsense' })
      },
    })
    const { bus } = await party({ broker, headers })
    const error = await rejection(bus.call('raw/x'))
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
  })
})

async function parties(headers: 'native' | 'envelope' = 'native'): Promise<{
  broker: MemoryBroker
  client: Awaited<ReturnType<typeof party>>
  server: Awaited<ReturnType<typeof party>>
}> {
  const broker = new MemoryBroker()
  return { broker, client: await party({ broker, headers }), server: await party({ broker, headers }) }
}

describe('a call that cannot leave', () => {
  it.each([
    ['a wildcard in the address', 'a/+', {}, {}, 'INVALID_ARGUMENT'],
    ['an empty address', '', {}, {}, 'INVALID_ARGUMENT'],
    ['no time', 'a/b', {}, { timeout: 0 }, 'INVALID_ARGUMENT'],
    ['a negative time', 'a/b', {}, { timeout: -1 }, 'INVALID_ARGUMENT'],
    ['a time that is no number', 'a/b', {}, { timeout: Number.NaN }, 'INVALID_ARGUMENT'],
    ['more time than a timer takes', 'a/b', {}, { timeout: 2 ** 31 }, 'INVALID_ARGUMENT'],
    ['endless time', 'a/b', {}, { timeout: Number.POSITIVE_INFINITY }, 'INVALID_ARGUMENT'],
    ['a bigint', 'a/b', { a: 1n }, {}, 'INVALID_PAYLOAD'],
    ['a function', 'a/b', () => 1, {}, 'INVALID_PAYLOAD'],
    ['a signal that has fired', 'a/b', {}, { signal: AbortSignal.abort() }, 'CANCELLED'],
  ])('for %s rejects at once, not sent', async (_, address, data, options, code) => {
    const { client, server } = await parties()
    let requests = 0
    await server.bus.serve('a/b', () => ++requests)
    const error = await rejection(client.bus.call(address, data, options))
    expect(error).toMatchObject({ code, outcome: 'not_sent' })
    expect(client.bus.pendingCalls).toBe(0)
    expect(requests).toBe(0)
  })

  it('because a hook throws rejects, not sent', async () => {
    const inject = (): never => {
      throw new Error('defect')
    }
    const { bus } = await party({ broker: new MemoryBroker() }, { hooks: { inject } })
    expect(await rejection(bus.call('a/b'))).toMatchObject({ code: 'INTERNAL', outcome: 'not_sent' })
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('defect'))],
    [
      'throws',
      () => {
        throw new Error('defect')
      },
    ],
  ])('because the transport %s without saying how, has an unknown outcome and leaves nothing', async (_, request) => {
    const { bus } = await party(altered(memory({ broker: new MemoryBroker() }), { request }))
    expect(await rejection(bus.call('a/b'))).toMatchObject({ code: 'INTERNAL', outcome: 'unknown' })
    expect(bus.pendingCalls).toBe(0)
  })
})

describe('a call without an answer', () => {
  it('rejects TIMEOUT in time, and ignores and counts the late reply', async () => {
    const { client, server } = await parties()
    const { opened, open } = gate()
    await server.bus.serve('a/b', () => opened)
    const started = performance.now()
    const error = await rejection(client.bus.call('a/b', {}, { timeout: 150 }))
    const took = performance.now() - started
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })
    expect(took).toBeGreaterThan(148)
    expect(took).toBeLessThan(1_000)
    expect(client.bus.pendingCalls).toBe(0)
    open()
    await expect.poll(() => client.drops()).toEqual(['late_reply'])
  })

  it('rejects CANCELLED on abort, drops the late result, and leaves no listener', async () => {
    const { client, server } = await parties()
    const { opened, open } = gate()
    await server.bus.serve('a/b', () => opened)
    const controller = new AbortController()
    const call = rejection(client.bus.call('a/b', {}, { signal: controller.signal }))
    controller.abort(new Error('enough'))
    expect(await call).toMatchObject({ code: 'CANCELLED', outcome: 'unknown', cause: new Error('enough') })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    open()
    await expect.poll(() => client.drops()).toEqual(['late_reply'])
  })
})

it('every call is observed once, with its duration and its error', async () => {
  const { client, server } = await parties()
  await server.bus.serve('a/b', () => 1)
  await client.bus.call('a/b')
  await rejection(client.bus.call('a/none'))
  expect(client.events).toEqual([
    { type: 'call', address: 'a/b', duration: expect.any(Number) },
    {
      type: 'call',
      address: 'a/none',
      duration: expect.any(Number),
      error: expect.objectContaining({ code: 'NO_RESPONDER' }),
    },
  ])
})

it('a reply for another call, at the address of the first, settles nothing', async () => {
  const broker = new MemoryBroker()
  const addresses: string[] = []
  broker.serve({ pattern: 'a/b', group: undefined, listener: ({ replyTo = '' }) => addresses.push(replyTo) })
  const { bus, drops } = await party({ broker })
  const call = rejection(bus.call('a/b', {}, { timeout: 100 }))
  await expect.poll(() => addresses.length).toBe(1)
  broker.reply(`${addresses[0]?.slice(0, -1)}x`, { payload: '1' })
  expect(await call).toMatchObject({ code: 'TIMEOUT' })
  expect(drops()).toEqual(['late_reply'])
})

it('reply addresses are unguessable and never used twice', async () => {
  const broker = new MemoryBroker()
  const addresses: string[] = []
  broker.serve({ pattern: 'a/b', group: undefined, listener: ({ replyTo = '' }) => addresses.push(replyTo) })
  const { bus } = await party({ broker })
  await Promise.all([1, 2, 3].map(() => rejection(bus.call('a/b', {}, { timeout: 20 }))))
  expect(new Set(addresses).size).toBe(3)
  for (const address of addresses) expect(address).toMatch(/^_inbox\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
})
