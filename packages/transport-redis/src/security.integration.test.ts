import { inspect } from 'node:util'
import { connectBus } from '@botbus/core'
import { describe, expect, it, vi } from 'vitest'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { authority, certificate } from '../../../tests/support/certificates.ts'
import { failure, nextState, open, openRaw } from '../test/support.ts'
import { redis } from './redis.ts'

describe('TLS', () => {
  it('carries calls when the certificate is right, also with one of the client, and says what is wrong otherwise', async () => {
    const ca = await authority('Test authority')
    const mine = await certificate(ca, 'client')
    await using broker = await startRedis({ tls: { ...(await certificate(ca, 'localhost')), ca: ca.cert } })
    await using client = await open({ url: broker.url, tls: { ca: ca.cert, ...mine } })
    await client.bus.serve('s', () => 'ok')
    expect(await client.bus.call('s')).toBe('ok')
    for (const tls of [{}, { ca: ca.cert, ...mine, servername: 'other' }]) {
      const error = await failure(connectBus(redis({ url: broker.url, tls, connectTimeout: 3_000 })))
      expect(error.code).toBe('UNAUTHORIZED')
      expect(error.message).toContain('tls.')
    }
    // Redis closes with our first command unread: the alert that says why may be lost with it.
    const missing = await failure(connectBus(redis({ url: broker.url, tls: { ca: ca.cert } })))
    expect(missing.code).toMatch(/^(UNAUTHORIZED|NOT_CONNECTED)$/)
  })

  it('shows its signs of life: an idle link is not taken for frozen, and a frozen one is noticed', async () => {
    const ca = await authority('Test authority')
    await using broker = await startRedis({ tls: await certificate(ca, 'localhost') })
    await using client = await open({ url: broker.url, tls: { ca: ca.cert }, keepalive: 1 })
    await client.bus.serve('s', () => new Promise(() => undefined))
    const states = vi.fn()
    client.bus.onState(states)
    // Long enough for several signs of life on each connection: its own timeout ends the call.
    await client.bus.call('s', {}, { timeout: 3_000 }).catch(() => undefined)
    expect(states).not.toHaveBeenCalled()
    const lost = nextState(client.bus, 'reconnecting')
    const started = performance.now()
    broker.freeze()
    await lost
    expect(performance.now() - started).toBeLessThan(2_000)
    broker.thaw()
  })

  it('missing on one side is said', async () => {
    await using plain = await startRedis()
    const error = await failure(
      connectBus(redis({ url: plain.url.replace('redis:', 'rediss:'), connectTimeout: 3_000 })),
    )
    expect(error.code).toBe('NOT_CONNECTED')
  })
})

describe('credentials', () => {
  it('of an access list user are sent, and reject at once when wrong or missing', async () => {
    await using broker = await startRedis({ users: [{ username: 'alice', password: 'right horse' }] })
    await using client = await open({ url: broker.url.replace('//', '//alice:right%20horse@') })
    expect(client.bus.state.status).toBe('connected')
    const wrong = await failure(connectBus(redis({ url: broker.url, username: 'alice', password: 'battery' })))
    expect(wrong.code).toBe('UNAUTHORIZED')
    expect(wrong.message).toContain('"alice"')
    expect(inspect(wrong, { depth: 9 })).not.toContain('battery')
    expect((await failure(connectBus(redis({ url: broker.url })))).code).toBe('UNAUTHORIZED')
  })

  it('may be a password alone', async () => {
    await using broker = await startRedis({ config: ['requirepass secret'] })
    await using client = await open({ url: broker.url, password: 'secret' })
    expect(client.bus.state.status).toBe('connected')
    for (const password of ['wrong', undefined]) {
      const options = { url: broker.url, ...(password === undefined ? {} : { password }) }
      expect((await failure(connectBus(redis(options)))).code).toBe('UNAUTHORIZED')
    }
  })

  it('that allow some channels only are refused the others, call by call', async () => {
    await using broker = await startRedis()
    await using raw = openRaw(broker.url)
    await raw.call('ACL', 'SETUSER', 'bot', 'on', '>pw', '~*', '&botbus#*', '&hbot.*', '+@all')
    await using client = await open({ url: broker.url, username: 'bot', password: 'pw' })
    await client.bus.serve('hbot/x', () => 'ok')
    expect(await client.bus.call('hbot/x')).toBe('ok')
    expect((await failure(client.bus.publish('other', 1, { qos: 1 }))).code).toBe('UNAUTHORIZED')
    expect((await failure(client.bus.subscribe('other', () => undefined))).code).toBe('UNAUTHORIZED')
    await client.bus.publish('other', 1)
    await vi.waitFor(() => expect(client.problems()).toEqual(['UNAUTHORIZED']))
    const listener = vi.fn()
    await client.bus.subscribe('hbot/#', listener).catch(() => undefined)
    expect(client.bus.state.status).toBe('connected')
  })

  it('that are taken away are reported, and tried again', async () => {
    await using broker = await startRedis()
    await using raw = openRaw(broker.url)
    await raw.call('ACL', 'SETUSER', 'bot', 'on', '>pw', '~*', '&*', '+@all')
    await using client = await open({ url: broker.url, username: 'bot', password: 'pw' })
    await raw.call('ACL', 'DELUSER', 'bot')
    await vi.waitFor(() => expect(client.problems()).toContain('UNAUTHORIZED'), { timeout: 5_000 })
    const again = nextState(client.bus, 'connected')
    await raw.call('ACL', 'SETUSER', 'bot', 'on', '>pw', '~*', '&*', '+@all')
    await again
  })
})

describe('a database', () => {
  it('separates lists, not channels; one that does not exist is refused', async () => {
    await using broker = await startRedis()
    await using zero = await open({ url: broker.url })
    await using two = await open({ url: `${broker.url}/2`, clientName: 'mine' })
    await two.bus.serve('s', () => 'two')
    expect(await zero.bus.call('s')).toBe('two')
    await using raw = openRaw(`${broker.url}/2`)
    await raw.rpush('s', JSON.stringify({ header: { reply_to: `rpc-${'1'.repeat(32)}` }, data: {} }))
    expect(JSON.parse(String((await raw.blpop(`rpc-${'1'.repeat(32)}`, 5))?.[1]))).toMatchObject({ data: 'two' })
    const names = String(await raw.client('LIST')).match(/(?<= name=)mine\S*/g)
    expect(names?.toSorted()).toEqual(['mine-list', 'mine-pub', 'mine-sub'])
    const error = await failure(connectBus(redis({ url: `${broker.url}/999` })))
    expect(error.code).toBe('INVALID_ARGUMENT')
    expect(error.message).toContain('database')
  })
})
