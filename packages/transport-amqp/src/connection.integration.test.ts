import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { connectBus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { authority, certificate } from '../../../tests/support/certificates.ts'
import { failure, nextState, open, openRaw } from '../test/support.ts'
import { amqp } from './amqp.ts'

const users = [{ username: 'tra/der', password: 'p@ss:w%rd' }]
let broker: RabbitmqInstance
beforeAll(async () => {
  broker = await startRabbitmq({ users, vhosts: ['team a'] })
})
afterAll(() => broker.stop())

const urlOf = (vhost = '', password = users[0]?.password ?? ''): string =>
  `amqp://tra%2Fder:${encodeURIComponent(password)}@127.0.0.1:${broker.port}${vhost}`

describe('connecting', () => {
  it('enters the vhost of the URL, whose topics and services are its own', async () => {
    await using here = await open({ url: urlOf('/team%20a') })
    await using there = await open({ url: urlOf() })
    await here.bus.serve('service', () => 'here')
    expect(await here.bus.call('service')).toBe('here')
    expect(await failure(there.bus.call('service'))).toMatchObject({ code: 'NO_RESPONDER' })
  })

  it('rejects wrong credentials and an unknown vhost, and says which, without the password', async () => {
    const wrong = await failure(connectBus(amqp({ url: urlOf('', 'secret') })))
    expect(wrong).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(wrong.message).toContain('tra/der')
    const nowhere = await failure(connectBus(amqp({ url: urlOf('/nowhere') })))
    expect(nowhere).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(nowhere.message).toContain('vhost "nowhere"')
    for (const { message } of [wrong, nowhere]) expect(message).not.toMatch(/secret|p@ss/)
  })

  it('gives up a silent port in time, when it is cancelled, and leaves no socket', async () => {
    const sockets = new Set<unknown>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
      socket.resume()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `amqp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const late = await failure(connectBus(amqp({ url, connectTimeout: 200 })))
    expect(late).toMatchObject({ code: 'NOT_CONNECTED' })
    expect(late.message).toContain('200 ms')
    const cancelled = connectBus(amqp({ url }), { signal: AbortSignal.timeout(100) })
    expect(await failure(cancelled)).toMatchObject({ code: 'CANCELLED' })
    await vi.waitFor(() => expect(sockets.size).toBe(0))
    server.close()
  })
})

describe('TLS', () => {
  it('carries calls, takes the right certificates only, and shows its own to a broker that wants one', async () => {
    const [ca, other] = await Promise.all([authority('Test authority'), authority('Another authority')])
    const [server, client] = await Promise.all([certificate(ca, 'localhost'), certificate(ca, 'client')])
    await using secured = await startRabbitmq({ tls: { ...server, ca: ca.cert } })
    const tls = { ca: ca.cert, ...client }
    await using connected = await open({ url: secured.url, tls })
    await connected.bus.serve('a', () => 'ok')
    expect(await connected.bus.call('a')).toBe('ok')
    const wrong = [{ ...tls, ca: other.cert }, { ...tls, servername: 'elsewhere' }, { ca: ca.cert }]
    for (const refused of wrong) {
      expect(await failure(connectBus(amqp({ url: secured.url, tls: refused })))).toMatchObject({
        code: 'UNAUTHORIZED',
      })
    }
  })
})

describe('a link that was up', () => {
  it('comes back after a crash of the broker, with everything, and sends nothing again', async () => {
    await using server = await open({ url: urlOf() })
    await using client = await open({ url: urlOf() })
    const handler = vi.fn((request: unknown) => (request === 'hang' ? new Promise(() => undefined) : request))
    const listener = vi.fn()
    await server.bus.serve('service', handler)
    await server.bus.serve('pattern/+', handler)
    await server.bus.subscribe('news/+', listener)
    await server.bus.subscribe('work', listener, { group: 'g' })
    const calls = Array.from({ length: 50 }, () => failure(client.bus.call('service', 'hang')))
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(50))
    const back = Promise.all([nextState(client.bus, 'connected'), nextState(server.bus, 'connected')])
    const started = performance.now()
    await broker.kill()
    for (const error of await Promise.all(calls))
      expect(error).toMatchObject({ code: 'NOT_CONNECTED', outcome: 'unknown' })
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(await failure(client.bus.call('service', 'late'))).toMatchObject({
      code: 'NOT_CONNECTED',
      outcome: 'not_sent',
    })
    for (const qos of [0, 1] as const) {
      expect(await failure(client.bus.publish('news/late', 1, { qos }))).toMatchObject({ code: 'NOT_CONNECTED' })
    }
    expect(await failure(client.bus.subscribe('x', () => undefined))).toMatchObject({ code: 'NOT_CONNECTED' })
    await broker.start()
    await back
    expect(await client.bus.call('service', 'probe')).toBe('probe')
    expect(await client.bus.call('pattern/x', 'probe')).toBe('probe')
    await client.bus.publish('news/x', 'fresh')
    await client.bus.publish('work', 'fresh')
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(2))
    expect(handler.mock.calls.map(([request]) => request)).toEqual([...Array(50).fill('hang'), 'probe', 'probe'])
  })

  it('comes back after a polite shutdown of the broker too', async () => {
    await using client = await open({ url: urlOf() })
    await client.bus.serve('service', () => 'ok')
    const back = nextState(client.bus, 'connected')
    await broker.restart()
    await back
    expect(await client.bus.call('service')).toBe('ok')
    expect(client.problems()).toEqual([])
  })

  it('is noticed to be frozen within twice the keepalive', async () => {
    await using client = await open({ url: urlOf(), keepalive: 1, connectTimeout: 1_000 })
    const lost = nextState(client.bus, 'reconnecting')
    const started = performance.now()
    broker.freeze()
    await lost
    expect(performance.now() - started).toBeLessThan(2_500)
    const back = nextState(client.bus, 'connected')
    broker.thaw()
    await back
    await client.bus.publish('x', 1, { qos: 1 })
  })

  it('rejects publishing and calling while the broker takes no messages, instead of hanging', async () => {
    await using full = await startRabbitmq({ config: ['vm_memory_high_watermark.absolute = 10MB'] })
    await using client = await open({ url: full.url })
    await client.bus.publish('x', 1) // the broker blocks a connection when it publishes
    await vi.waitFor(() => expect(client.problems()).toEqual(['RESOURCE_EXHAUSTED']))
    expect(await failure(client.bus.publish('x', 1))).toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
    expect(await failure(client.bus.publish('x', 1, { qos: 1 }))).toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
    expect(await failure(client.bus.call('x'))).toMatchObject({ code: 'RESOURCE_EXHAUSTED', outcome: 'not_sent' })
  })

  it('carries 10,000 messages in order although they are written faster than the socket takes them', async () => {
    await using publisher = await open({ url: urlOf() })
    await using subscriber = await open({ url: urlOf() })
    const received: number[] = []
    const padding = randomBytes(1_000).toString('hex')
    const listener = ({ data }: { data: unknown }): void => void received.push((data as { index: number }).index)
    await subscriber.bus.subscribe('stream', listener, { capacity: 20_000 })
    const indexes = Array.from({ length: 10_000 }, (_, index) => index)
    await Promise.all(indexes.map((index) => publisher.bus.publish('stream', { index, padding })))
    await vi.waitFor(() => expect(received).toHaveLength(10_000), 20_000)
    expect(received).toEqual(indexes)
  })

  it('lets what was published leave before it closes, and leaves no queue', async () => {
    await using subscriber = await open({ url: urlOf() })
    const received = vi.fn()
    await subscriber.bus.subscribe('last', received)
    const client = await open({ url: urlOf() })
    await client.bus.serve('closing', () => 1)
    for (let index = 0; index < 500; index++) void client.bus.publish('last', index)
    await client.bus.close()
    await vi.waitFor(() => expect(received).toHaveBeenCalledTimes(500))
    await using raw = await openRaw(urlOf())
    expect(await raw.queue('closing')).toBeUndefined()
  })
  it('closes when what was published with QoS 1 is confirmed', async () => {
    const client = await open({ url: urlOf() })
    const publishing = Array.from({ length: 500 }, (_, index) => client.bus.publish('last', index, { qos: 1 }))
    const outcomes = Promise.allSettled(publishing)
    await client.bus.close()
    expect((await outcomes).filter(({ status }) => status === 'rejected')).toEqual([])
  })
})
