import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { BrokerInstance } from '../../../scripts/broker/process/broker-process.d.mts'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { failure, numbers, open, openRaw } from '../test/support.ts'

let broker: BrokerInstance
beforeAll(async () => {
  broker = await startRedis()
})
afterAll(() => broker.stop())

const request = (replyTo: string, data: unknown): string => JSON.stringify({ header: { reply_to: replyTo }, data })
const replyList = (digit: string): string => `rpc-${digit.repeat(32)}`

describe('a server', () => {
  it('takes requests from the list named after its address and answers to the list that they name, which expires', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    await server.bus.serve('hbot/bot1/status', (data) => ({ echo: data }))
    await raw.rpush('hbot.bot1.status', request(replyList('1'), { a: 1 }))
    await vi.waitFor(async () => expect(await raw.llen(replyList('1'))).toBe(1))
    expect(await raw.pttl(replyList('1'))).toBeGreaterThan(0)
    expect(JSON.parse(String(await raw.lpop(replyList('1'))))).toMatchObject({ data: { echo: { a: 1 } } })
  })

  it('notices addresses that come and go while it waits', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    for (const round of numbers(20)) {
      const service = await server.bus.serve(`come/${round}`, () => round)
      await raw.rpush(`come.${round}`, request(replyList('2'), {}))
      expect(JSON.parse(String((await raw.blpop(replyList('2'), 5))?.[1]))).toMatchObject({ data: round })
      await service.close()
      await raw.rpush(`come.${round}`, request(replyList('2'), {}))
    }
    await server.bus.call('come/0').catch(() => undefined) // a round trip later
    expect(await raw.llen('come.0')).toBe(1)
  })

  it('goes on with its other lists when a key that it waits for becomes something else', async () => {
    await using server = await open({ url: broker.url, keepalive: 1 })
    await using raw = openRaw(broker.url)
    for (const address of ['spoilt', 'sound']) await server.bus.serve(address, () => address)
    await raw.set('spoilt', 'no list')
    await vi.waitFor(() => expect(server.problems()).toEqual(['INVALID_ARGUMENT']), { timeout: 3_000 })
    await raw.rpush('sound', request(replyList('7'), {}))
    expect(JSON.parse(String((await raw.blpop(replyList('7'), 3))?.[1]))).toMatchObject({ data: 'sound' })
    expect(await server.bus.call('spoilt')).toBe('spoilt')
    await raw.del('spoilt')
  })

  it('takes from the list as long as one of its services has the address, however they come and go', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    for (const round of numbers(10)) {
      const alone = await server.bus.serve('handed/over', () => round)
      const [member] = await Promise.all([server.bus.serve('handed/over', () => round, { group: 'g' }), alone.close()])
      await raw.rpush('handed.over', request(replyList('8'), {}))
      expect(JSON.parse(String((await raw.blpop(replyList('8'), 2))?.[1]))).toMatchObject({ data: round })
      await member.close()
    }
  })

  it('does not run what waited in the list before it served', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    await raw.rpush('old.start', request('', { old: true }))
    const handler = vi.fn(() => 'ok')
    await server.bus.serve('old/start', handler)
    expect(server.drops()).toEqual(['retained'])
    expect(await server.bus.call('old/start', { old: false })).toBe('ok')
    expect(handler).toHaveBeenCalledOnce()
  })

  it('never touches a key that is no reply list, whatever a request names', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    const taken = replyList('3')
    await raw.set(taken, 'kept')
    await raw.set('precious', 'kept')
    await server.bus.serve('hostile', () => 'ok')
    const targets = [taken, 'precious', 'botbus#claim:x', `rpc-${'3'.repeat(31)}`, 'rpc-x', 'other.service']
    for (const target of targets) await raw.rpush('hostile', request(target, {}))
    await vi.waitFor(() => expect(server.problems().length + server.drops().length).toBe(targets.length))
    expect(await raw.mget(taken, 'precious')).toEqual(['kept', 'kept'])
    expect(await raw.pttl(taken)).toBe(-1)
    expect(await raw.exists('botbus#claim:x', 'rpc-x', 'other.service')).toBe(0)
    await raw.del(taken)
  })

  it('goes on serving channels where its access rules forbid lists, and reports that', async () => {
    await using raw = openRaw(broker.url)
    await raw.call('ACL', 'SETUSER', 'nolists', 'on', '>pw', '~*', '&*', '+@all', '-blmpop', '-lpop')
    await using server = await open({ url: broker.url, username: 'nolists', password: 'pw' })
    await server.bus.serve('only/channels', () => 'ok')
    expect(server.problems()).toEqual(['UNAUTHORIZED'])
    expect(await server.bus.call('only/channels')).toBe('ok')
  })

  it('shares a list among its processes: each request is run once', async () => {
    await using one = await open({ url: broker.url })
    await using two = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    const seen: unknown[] = []
    for (const { bus } of [one, two]) await bus.serve('shared', (data) => seen.push(data))
    await raw.rpush('shared', ...numbers(100).map((data) => request('', data)))
    await vi.waitFor(() => expect(seen).toHaveLength(100))
    expect(new Set(seen).size).toBe(100)
  })
})

describe('a caller with rpc: lists', () => {
  it('calls a service that takes requests from a list, many at once', async () => {
    await using client = await open({ url: `${broker.url}?rpc=lists` })
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    expect(client.bus.capabilities.noResponder).toBe('presence')
    await server.bus.serve('sum', (data) => data)
    const calls = numbers(300).map((call) => client.bus.call('sum', { call }))
    expect(await Promise.all(calls)).toEqual(numbers(300).map((call) => ({ call })))
    expect(await raw.keys('rpc-*')).toEqual([])
    await server.bus.close()
  })

  it('leaves no request behind that nobody took', async () => {
    await using client = await open({ url: broker.url, rpc: 'lists' })
    await using raw = openRaw(broker.url)
    const call = failure(client.bus.call('dead/service', {}, { timeout: 300 }))
    await vi.waitFor(async () => expect(await raw.llen('dead.service')).toBe(1))
    expect(await raw.pttl('dead.service')).toBeGreaterThan(0)
    // Another caller keeps the list alive.
    await raw.rpush('dead.service', 'other')
    await raw.persist('dead.service')
    expect((await call).code).toBe('TIMEOUT')
    await vi.waitFor(async () => expect(await raw.lrange('dead.service', 0, -1)).toEqual(['other']))
  })

  it('lets its requests expire when it dies', async () => {
    const client = await open({ url: broker.url, rpc: 'lists' })
    await using raw = openRaw(broker.url)
    const call = failure(client.bus.call('dead/list', {}, { timeout: 600 }))
    await vi.waitFor(async () => expect(await raw.llen('dead.list')).toBe(1))
    await client.bus.close()
    expect((await call).code).toBe('CLOSED')
    await vi.waitFor(async () => expect(await raw.exists('dead.list')).toBe(0), { timeout: 2_000 })
  })

  it('is told when the address is a key of another type', async () => {
    await using client = await open({ url: broker.url, rpc: 'lists' })
    await using raw = openRaw(broker.url)
    await raw.set('not.a.list', 'kept')
    const error = await failure(client.bus.call('not/a/list'))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
    expect(await raw.pttl('not.a.list')).toBe(-1)
  })
})
