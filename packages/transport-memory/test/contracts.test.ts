import { defineChannel, defineRpc } from '@botbus/core'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { rejection } from './party.ts'
import { setUp } from './raw-client.ts'

const transfer = defineRpc({
  address: 'bank/{account}/transfer',
  request: z.object({ amount: z.coerce.number().positive(), note: z.string().default('none') }),
  response: z.object({ balance: z.number(), note: z.string().optional() }),
  errors: { POOR: z.object({ missing: z.number() }) },
})

const ticks = defineChannel({
  topic: 'market/{pair}/ticks/{rest...}',
  message: z.object({ price: z.number(), size: z.number().default(1) }),
})

describe('a procedure with a contract', () => {
  it('hands the handler what the schema makes of the request, and the parameters of the address', async () => {
    const { server, client } = await setUp()
    const seen: unknown[] = []
    await server.bus.serve(transfer, { account: '+' }, (request, { params, address }) => {
      expectTypeOf(request).toEqualTypeOf<{ amount: number; note: string }>()
      seen.push(request, params, address)
      return { balance: 5 }
    })
    const reply = await client.bus.call(transfer, { account: 'a1' }, { amount: '10' })
    expectTypeOf(reply).toEqualTypeOf<{ balance: number; note?: string | undefined }>()
    expect(reply).toEqual({ balance: 5 })
    expect(seen).toEqual([{ amount: 10, note: 'none' }, { account: 'a1' }, 'bank/a1/transfer'])
  })

  it('refuses a wrong request before it leaves, with path and reason', async () => {
    const { server, client } = await setUp()
    let runs = 0
    await server.bus.serve(transfer, { account: 'a1' }, () => ({ balance: ++runs }))
    const error = await rejection(client.bus.call(transfer, { account: 'a1' }, { amount: -1 }))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
    expect((error as Error).message).toContain('request to bank/a1/transfer is invalid: amount: ')
    for (const account of ['', 'a/b', '+']) {
      const wrong = await rejection(client.bus.call(transfer, { account }, { amount: 1 }))
      expect(wrong).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'not_sent' })
    }
    expect(runs).toBe(0)
  })

  it('refuses a wrong request of a caller without the contract: the handler never sees it', async () => {
    const { server, client } = await setUp()
    let runs = 0
    await server.bus.serve(transfer, { account: 'a1' }, () => ({ balance: ++runs }))
    for (const request of [{}, null, [], 'text', { amount: 'x' }]) {
      const error = await rejection(client.bus.call('bank/a1/transfer', request))
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'executed' })
    }
    expect(runs).toBe(0)
  })

  it('refuses a wrong answer, at the server and at the caller', async () => {
    const { server, client } = await setUp()
    await server.bus.serve(transfer, { account: 'a1' }, () => ({ balance: 'much' }) as never)
    await server.bus.serve('bank/a2/transfer', () => ({ balance: 'much' }))
    for (const account of ['a1', 'a2']) {
      const error = await rejection(client.bus.call(transfer, { account }, { amount: 1 }))
      expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', outcome: 'executed' })
      expect((error as Error).message).toContain('balance: ')
    }
  })

  it('checks the data of a declared error on both sides', async () => {
    const { server, client } = await setUp()
    await server.bus.serve(transfer, { account: '+' }, (_, context) => {
      const missing = (context.params['account'] === 'a1' ? 7 : 'much') as number
      throw context.error('POOR', { missing })
    })
    await server.bus.serve('bank/x/raw', (_, context) => {
      throw context.error('POOR', { missing: 'much' })
    })
    expect(await rejection(client.bus.call(transfer, { account: 'a1' }, { amount: 1 }))).toMatchObject({
      code: 'REMOTE',
      outcome: 'executed',
      remote: { code: 'POOR', data: { missing: 7 } },
    })
    expect(await rejection(client.bus.call(transfer, { account: 'a2' }, { amount: 1 }))).toMatchObject({
      code: 'INVALID_PAYLOAD',
      outcome: 'executed',
    })
    const raw = defineRpc({ ...transfer, address: 'bank/{account}/raw' })
    expect(await rejection(client.bus.call(raw, { account: 'x' }, { amount: 1 }))).toMatchObject({
      code: 'INVALID_PAYLOAD',
      outcome: 'executed',
    })
  })
})

describe('a channel with a contract', () => {
  it('hands listeners what the schema makes of a message, and the parameters of its topic', async () => {
    const { client, server } = await setUp()
    const seen: unknown[] = []
    await client.bus.subscribe(ticks, { pair: '+', rest: '#' }, ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<{ price: number; size: number }>()
      seen.push(data, params)
    })
    await server.bus.publish(ticks, { pair: 'BTC', rest: 'a/b' }, { price: 1 })
    await expect
      .poll(() => seen)
      .toEqual([
        { price: 1, size: 1 },
        { pair: 'BTC', rest: 'a/b' },
      ])
  })

  it('refuses to publish what is wrong, and drops and counts what is wrong', async () => {
    const { client, server } = await setUp()
    const stream = client.bus.messages(ticks, { pair: 'BTC', rest: '+' })
    await stream.ready
    const wrong = { price: 'x' } as never
    expect(await rejection(server.bus.publish(ticks, { pair: 'BTC', rest: 'a' }, wrong))).toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
    await server.bus.publish('market/BTC/ticks/a', wrong)
    await server.bus.publish(ticks, { pair: 'BTC', rest: 'a' }, { price: 2 })
    expect((await stream.next()).value?.data).toEqual({ price: 2, size: 1 })
    expect(client.drops()).toEqual(['invalid'])
    expect(stream.dropped).toBe(1)
  })

  it('keeps the order with an asynchronous schema, and starts no listener after close', async () => {
    const { client, server } = await setUp()
    const slow = Promise.withResolvers<void>()
    const message = z.number().refine(async (value) => {
      if (value === 1) await slow.promise
      return value >= 0
    })
    const channel = defineChannel({ topic: 'slow/{x}', message })
    const seen: number[] = []
    const subscription = await client.bus.subscribe(channel, { x: 'a' }, ({ data }) => void seen.push(data))
    for (const data of [1, -2, 3]) await server.bus.publish('slow/a', data)
    slow.resolve()
    await expect.poll(() => seen).toEqual([1, 3])
    expect(client.drops()).toEqual(['invalid'])

    const stuck = Promise.withResolvers<void>()
    const later = defineChannel({
      topic: 'later/{x}',
      message: z.number().refine(() => stuck.promise.then(() => true)),
    })
    const closed = await client.bus.subscribe(later, { x: 'a' }, ({ data }) => void seen.push(data))
    await server.bus.publish('later/a', 4)
    await closed.close()
    stuck.resolve()
    await subscription.close()
    await client.bus.close()
    expect(seen).toEqual([1, 3])
  })
})
