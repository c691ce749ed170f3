import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { BrokerInstance } from '../../../scripts/broker/process/broker-process.d.mts'
import { startRedis } from '../../../scripts/broker/redis/redis.mjs'
import { failure, numbers, open, openRaw } from '../test/support.ts'

let broker: BrokerInstance
beforeAll(async () => {
  broker = await startRedis()
})
afterAll(() => broker.stop())

describe('calls on sharded channels', () => {
  it('are refused at once when nobody serves, whatever monitors listen', async () => {
    await using client = await open({ url: broker.url })
    await using monitor = openRaw(broker.url)
    await monitor.psubscribe('*')
    await client.bus.subscribe('#', () => undefined)
    expect(client.bus.capabilities.noResponder).toBe('definite')
    expect(await failure(client.bus.call('nobody/here'))).toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
  })

  it('are seen by no subscription', async () => {
    await using client = await open({ url: broker.url })
    await using monitor = openRaw(broker.url)
    const seen = vi.fn()
    await monitor.psubscribe('*')
    monitor.on('pmessage', seen)
    const listener = vi.fn()
    await client.bus.subscribe('#', listener)
    await client.bus.serve('quiet', () => 1)
    await client.bus.call('quiet')
    await client.bus.publish('after', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    await vi.waitFor(() => expect(seen).toHaveBeenCalledOnce())
    expect(seen.mock.calls[0]?.[1]).toBe('after')
  })

  it('reach the servers of a pattern, with the address that was called, and those of the address first', async () => {
    await using client = await open({ url: broker.url })
    await using server = await open({ url: broker.url })
    const pattern = await server.bus.serve('p/+/x', (_, { address }) => `pattern ${address}`)
    const rest = await server.bus.serve('p/#', (_, { address }) => `rest ${address}`)
    expect(await client.bus.call('p/1/x')).toBe('pattern p/1/x')
    expect(await client.bus.call('p')).toBe('rest p')
    const exact = await server.bus.serve('p/1/x', () => 'exact')
    expect(await client.bus.call('p/1/x')).toBe('exact')
    await exact.close()
    await pattern.close()
    expect(await client.bus.call('p/1/x')).toBe('rest p/1/x')
    await rest.close()
    expect((await failure(client.bus.call('p/1/x'))).code).toBe('NO_RESPONDER')
    expect((await failure(server.bus.serve('1/2/3/4/5/6/7/8/+', () => 1))).code).toBe('UNSUPPORTED')
  })

  it('ignore what is no request, and requests for an address that is not served', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    const handler = vi.fn(() => 'ok')
    await server.bus.serve('strict', handler)
    await server.bus.serve('strict/+', handler)
    const id = 'a'.repeat(32)
    for (const message of ['', 'x', `${id}1\n{}`, 'x'.repeat(100_000)]) await raw.spublish('botbus#rpc:strict', message)
    for (const address of ['', 'other/x', 'strict/+', 'strict/x/y']) {
      await raw.spublish('botbus#{patterns}:strict/+', `${id}1000 ${address}\n{"data":{}}`)
    }
    expect(await server.bus.call('strict')).toBe('ok')
    expect(await server.bus.call('strict/x')).toBe('ok')
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('are not answered at an address that is neither an inbox nor a list of commlib-py', async () => {
    await using server = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    await raw.set('precious', 'kept')
    await server.bus.serve('answers', () => 'ok')
    const request = JSON.stringify({ header: { reply_to: 'precious' }, data: {} })
    await raw.spublish('botbus#rpc:answers', `${'b'.repeat(32)}1000 \n${request}`)
    await vi.waitFor(() => expect(server.problems()).toEqual(['UNSUPPORTED']))
    expect(await raw.get('precious')).toBe('kept')
  })
})

describe('groups of servers', () => {
  it('run each request once; four members all get work, and no claim stays for ever', async () => {
    await using client = await open({ url: broker.url })
    await using raw = openRaw(broker.url)
    const members = await Promise.all(numbers(4).map(() => open({ url: broker.url })))
    const work = new Map<number, number>()
    for (const [index, { bus }] of members.entries()) {
      const handler = (): number => {
        work.set(index, (work.get(index) ?? 0) + 1)
        return index
      }
      await bus.serve('team/work', handler, { group: 'team' })
    }
    await Promise.all(numbers(400).map(() => client.bus.call('team/work')))
    expect([...work.values()].reduce((sum, count) => sum + count)).toBe(400)
    expect(work.size).toBe(4)
    const keys = await raw.keys('botbus#claim:*')
    expect(keys).toHaveLength(400)
    for (const key of keys) expect(await raw.pttl(key)).toBeGreaterThan(0)
    await Promise.all(members.map(({ bus }) => bus.close()))
  })

  it('share by group: each group runs a request, and so does each server without one', async () => {
    await using client = await open({ url: broker.url })
    await using one = await open({ url: broker.url })
    await using two = await open({ url: broker.url })
    const seen: string[] = []
    for (const { bus } of [one, two]) {
      for (const group of ['a', 'b']) await bus.serve('mixed', () => seen.push(group), { group })
      await bus.serve('mixed', () => seen.push('alone'))
    }
    await client.bus.call('mixed')
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['a', 'alone', 'alone', 'b']))
  })

  it('are refused for subscriptions', async () => {
    await using client = await open({ url: broker.url })
    const error = await failure(client.bus.subscribe('x', () => undefined, { group: 'g' }))
    expect(error.code).toBe('UNSUPPORTED')
  })
})

describe('before Redis 7', () => {
  it('calls travel on ordinary channels, and calls to nobody are noticed where no monitor listens', async () => {
    const config = ['rename-command SPUBLISH ""', 'rename-command SSUBSCRIBE ""', 'rename-command BLMPOP ""']
    await using old = await startRedis({ config })
    await using server = await open({ url: old.url })
    await using client = await open({ url: old.url })
    expect(client.bus.capabilities.noResponder).toBe('best-effort')
    const listener = vi.fn()
    await server.bus.serve('s', (request) => request)
    await server.bus.serve('s/+', () => 'pattern')
    expect(await client.bus.call('s', { a: 1 })).toEqual({ a: 1 })
    expect(await client.bus.call('s/1')).toBe('pattern')
    expect((await failure(client.bus.call('nobody'))).code).toBe('NO_RESPONDER')
    await server.bus.subscribe('#', listener)
    expect(await client.bus.call('s', { a: 2 })).toEqual({ a: 2 })
    await client.bus.publish('after', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalled())
    expect(listener.mock.calls.map(([message]) => message.topic)).toEqual(['after'])
    await using lists = await open({ url: old.url, rpc: 'lists' })
    expect(await lists.bus.call('s', { a: 3 })).toEqual({ a: 3 })
  })
})

it('does the same on a server that knows no RESP3', async () => {
  await using old = await startRedis({ config: ['rename-command HELLO ""'] })
  await using server = await open({ url: old.url })
  await using client = await open({ url: old.url })
  await server.bus.serve('s', (request) => request)
  await server.bus.serve('s/+', () => 'pattern')
  expect(await client.bus.call('s', { a: 'é'.repeat(50_000) })).toEqual({ a: 'é'.repeat(50_000) })
  expect(await client.bus.call('s/1')).toBe('pattern')
  expect((await failure(client.bus.call('nobody'))).code).toBe('NO_RESPONDER')
  const topics: string[] = []
  await server.bus.subscribe('a/+', ({ topic }) => topics.push(topic))
  await server.bus.subscribe('a/c', ({ topic }) => topics.push(topic))
  for (const topic of ['a/b', 'a/c']) await client.bus.publish(topic, 1)
  await vi.waitFor(() => expect(topics.toSorted()).toEqual(['a/b', 'a/c', 'a/c']))
})
