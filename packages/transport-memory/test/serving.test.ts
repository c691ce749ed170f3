import { BotbusError, type Headers } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { memory } from '../src/memory.ts'
import { altered, gate, party, rejection } from './party.ts'
import { setUp } from './raw-client.ts'

describe('what a handler throws', () => {
  it.each([
    ['a text', 'no', 'no'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an object without a prototype', Object.create(null), 'a thrown object without a text'],
    ['an error without a text', new RangeError(), 'RangeError'],
  ])('reaches the caller also when it is %s', async (_, thrown, message) => {
    const { server, client } = await setUp()
    await server.bus.serve('a/b', () => {
      throw thrown
    })
    await server.bus.serve('a/c', () => Promise.reject(thrown))
    for (const address of ['a/b', 'a/c']) {
      const error = await rejection(client.bus.call(address))
      expect(error).toMatchObject({ code: 'REMOTE', message, outcome: 'executed' })
    }
  })

  it.each(['NOT_CONNECTED', 'CANCELLED', 'TIMEOUT', 'INVALID_ARGUMENT', 'NO_RESPONDER'] as const)(
    'is REMOTE when it is the %s of a call of its own',
    async (code) => {
      const { server, client } = await setUp()
      await server.bus.serve('a/b', () => {
        throw new BotbusError(code, 'of my own call', { outcome: 'not_sent' })
      })
      const error = await rejection(client.bus.call('a/b'))
      expect(error).toMatchObject({ code: 'REMOTE', message: 'of my own call', outcome: 'executed' })
    },
  )

  it('is told to the observer of the server with its cause', async () => {
    const { server, client } = await setUp()
    const cause = new Error('broken')
    await server.bus.serve('a/b', () => Promise.reject(cause))
    await rejection(client.bus.call('a/b'))
    expect(server.events).toEqual([
      { type: 'request', address: 'a/b', duration: expect.any(Number), error: expect.objectContaining({ cause }) },
    ])
  })

  it('reaches the caller with code and data when the handler declares it', async () => {
    const { server, client } = await setUp()
    await server.bus.serve('a/b', (_, context) => {
      throw context.error('POOR', { missing: '10' }, 'too little')
    })
    const error = await rejection(client.bus.call('a/b'))
    expect(error).toMatchObject({
      code: 'REMOTE',
      message: 'too little',
      remote: { code: 'POOR', data: { missing: '10' } },
    })
  })
})

it('an answer that JSON cannot hold is INVALID_PAYLOAD at the caller and seen at the server', async () => {
  const { server, client } = await setUp()
  await server.bus.serve('a/b', () => 1n)
  expect(await rejection(client.bus.call('a/b'))).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
  expect(server.events).toMatchObject([{ type: 'request', error: { code: 'INVALID_PAYLOAD' } }])
})

describe('the deadline', () => {
  it('reaches the handler', async () => {
    const { server, client } = await setUp()
    await server.bus.serve('a/b', (_, context) => [context.timeLeft(), context.deadline])
    const [timeLeft, deadline] = (await client.bus.call('a/b', {}, { timeout: 5_000 })) as [number, number]
    expect(timeLeft).toBeGreaterThan(4_000)
    expect(timeLeft).toBeLessThanOrEqual(5_001)
    expect(deadline).toBeGreaterThan(Date.now())
  })

  it('fires the signal of the handler', async () => {
    const { server, client } = await setUp()
    const reasons: unknown[] = []
    await server.bus.serve('a/b', (_, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason))
      return gate().opened
    })
    expect(await rejection(client.bus.call('a/b', {}, { timeout: 50 }))).toMatchObject({ code: 'TIMEOUT' })
    await expect.poll(() => reasons).toMatchObject([{ code: 'TIMEOUT' }])
  })

  it('fires no signal of a handler that has ended, and neither does the end of the bus', async () => {
    const { server, client } = await setUp()
    const signals: AbortSignal[] = []
    await server.bus.serve('a/b', (_, { signal }) => void signals.push(signal))
    await client.bus.call('a/b')
    await server.bus.close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })

  it('keeps what is past it from the handler, says so, and leaves the key free', async () => {
    const { server, raw } = await setUp()
    let runs = 0
    await server.bus.serve('a/b', () => ++runs)
    const key = { idempotency_key: 'k' }
    raw.send({ headers: { ...key, deadline: String(Date.now() - 1_000) } })
    await expect.poll(() => raw.replies.length).toBe(1)
    expect(runs).toBe(0)
    expect(server.drops()).toEqual(['expired'])
    expect(JSON.parse(raw.replies[0]?.headers?.['error'] ?? '')).toMatchObject({ code: 'TIMEOUT' })
    raw.send({ headers: { ...key, deadline: String(Date.now() + 60_000) } })
    await expect.poll(() => raw.replies.length).toBe(2)
    expect(runs).toBe(1)
  })

  it('is looked at when the handler could start, not when the request arrived', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    const seen: unknown[] = []
    await server.bus.serve(
      'a/b',
      (request) => {
        seen.push(request)
        return opened
      },
      { concurrency: 1 },
    )
    const first = client.bus.call('a/b', 1)
    expect(await rejection(client.bus.call('a/b', 2, { timeout: 30 }))).toMatchObject({ code: 'TIMEOUT' })
    open()
    await first
    await expect.poll(() => server.drops()).toEqual(['expired'])
    expect(seen).toEqual([1])
  })

  it('is endless for a caller that gives none', async () => {
    const { server, raw } = await setUp()
    await server.bus.serve('a/b', (_, context) => [
      context.timeLeft() === Number.POSITIVE_INFINITY,
      context.signal.aborted,
    ])
    raw.send()
    await expect.poll(() => raw.replies.map(({ payload }) => payload)).toEqual(['[true,false]'])
  })

  it('with a fraction, or beyond every timer, does no harm', async () => {
    const { server, raw } = await setUp()
    await server.bus.serve('a/b', (_, context) => context.signal.aborted)
    for (const deadline of [`${Date.now() + 5_000}.5`, '1e300']) raw.send({ headers: { deadline } })
    await expect.poll(() => raw.replies.map(({ payload }) => payload)).toEqual(['false', 'false'])
  })
})

describe('hooks', () => {
  it('bring headers along and run the handler within their context, once', async () => {
    const broker = new MemoryBroker()
    const client = await party({ broker }, { hooks: { inject: (address) => ({ traceparent: address, own: 'no' }) } })
    const seen: Headers[] = []
    const extract = <T>(headers: Headers, run: () => T): T => {
      seen.push(headers)
      return run()
    }
    const server = await party({ broker }, { hooks: { extract } })
    let runs = 0
    await server.bus.serve('a/b', () => void runs++)
    expect(await client.bus.call('a/b', {}, { headers: { own: 'yes' } })).toBeNull()
    expect(seen).toEqual([{ traceparent: 'a/b', own: 'yes' }])
    expect(runs).toBe(1)
  })

  it('that throw around a handler fail its request, not the server', async () => {
    const broker = new MemoryBroker()
    const client = await party({ broker })
    const extract = (): never => {
      throw new Error('defect')
    }
    const server = await party({ broker }, { hooks: { extract } })
    await server.bus.serve('a/b', () => 1)
    for (let round = 0; round < 2; round++) {
      expect(await rejection(client.bus.call('a/b'))).toMatchObject({ code: 'REMOTE', message: 'defect' })
    }
  })
})

it('a reply that the transport refuses is a problem of the server, never a crash', async () => {
  const broker = new MemoryBroker()
  const transport = altered(memory({ broker }), {
    reply: () => {
      throw new Error('defect')
    },
  })
  const server = await party(transport)
  const client = await party({ broker })
  await server.bus.serve('a/b', () => 1)
  expect(await rejection(client.bus.call('a/b', {}, { timeout: 50 }))).toMatchObject({ code: 'TIMEOUT' })
  expect(server.events).toContainEqual({ type: 'problem', error: expect.objectContaining({ code: 'INTERNAL' }) })
})

it('each request goes to one server of a group, all of them get work, and a leaving one answers what it has', async () => {
  const { broker, client } = await setUp()
  const { opened, open } = gate()
  const servers = await Promise.all(['x', 'y', 'z'].map(async (name) => ({ name, ...(await party({ broker })) })))
  const handled: string[] = []
  const services = await Promise.all(
    servers.map(({ name, bus }) =>
      bus.serve(
        'a/b',
        async (request) => {
          handled.push(name)
          await opened
          return request
        },
        { group: 'workers' },
      ),
    ),
  )
  const calls = Array.from({ length: 30 }, (_, index) => client.bus.call('a/b', index))
  await expect.poll(() => handled.length).toBe(30)
  for (const name of ['x', 'y', 'z']) expect(handled.filter((one) => one === name)).toHaveLength(10)
  await services[0]?.close()
  open()
  expect(await Promise.all(calls)).toEqual(calls.map((_, index) => index))
  expect(client.drops()).toEqual([])
  await client.bus.call('a/b', 'later')
  expect(handled.slice(30)).not.toContain('x')
})

it('one server gets a request, also of several without a group', async () => {
  const { broker, client } = await setUp()
  const other = await party({ broker })
  const first = await party({ broker })
  let runs = 0
  for (const { bus } of [other, first]) await bus.serve('a/b', () => ++runs)
  await client.bus.call('a/b')
  expect(runs).toBe(1)
})

it('100 handlers that hold their signal at once cause no warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning')
  const { server, client } = await setUp()
  const { opened, open } = gate()
  const signals: AbortSignal[] = []
  await server.bus.serve(
    'a/b',
    (_, { signal }) => {
      signals.push(signal)
      return opened
    },
    { concurrency: 100 },
  )
  const calls = Array.from({ length: 100 }, () => client.bus.call('a/b'))
  await expect.poll(() => signals.length).toBe(100)
  open()
  await Promise.all(calls)
  expect(warned).not.toHaveBeenCalled()
  warned.mockRestore()
})
