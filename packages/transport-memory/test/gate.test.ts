import { BotbusError } from '@botbus/core'
import { describe, expect, it } from 'vitest'
import { MemoryBroker } from '../src/broker.ts'
import { gate, party, rejection } from './party.ts'
import { setUp } from './raw-client.ts'

describe('duplicates', () => {
  it('run once, and both get the first reply, also while the first one runs', async () => {
    const { server, raw } = await setUp()
    const { opened, open } = gate()
    let runs = 0
    await server.bus.serve('a/b', async () => {
      const run = ++runs
      await opened
      return run
    })
    const headers = { idempotency_key: 'k' }
    raw.send({ headers })
    raw.send({ headers })
    await expect.poll(() => server.drops()).toEqual(['duplicate'])
    open()
    await expect.poll(() => raw.replies.length).toBe(2)
    raw.send({ headers })
    await expect.poll(() => raw.replies.length).toBe(3)
    expect(raw.replies.map(({ payload }) => payload)).toEqual(['1', '1', '1'])
    expect(runs).toBe(1)
  })

  it('get the first failure too', async () => {
    const { server, client } = await setUp()
    let runs = 0
    await server.bus.serve('a/b', () => {
      throw new Error(`run ${++runs}`)
    })
    const idempotencyKey = 'mine'
    for (let round = 0; round < 2; round++) {
      expect(await rejection(client.bus.call('a/b', {}, { idempotencyKey }))).toMatchObject({ message: 'run 1' })
    }
  })

  it('have the same data: a key that was used with other data is refused, and nothing runs', async () => {
    const { server, client } = await setUp()
    const seen: unknown[] = []
    await server.bus.serve('a/b', (data) => void seen.push(data))
    await client.bus.call('a/b', { amount: 1 }, { idempotencyKey: 'k' })
    const reused = client.bus.call('a/b', { amount: 2 }, { idempotencyKey: 'k' })
    expect(await rejection(reused)).toMatchObject({ code: 'INVALID_ARGUMENT', outcome: 'executed' })
    expect(seen).toEqual([{ amount: 1 }])
    expect(server.drops()).toEqual(['duplicate'])
  })

  it('are requests of one address: another address runs the same key again', async () => {
    const { server, client } = await setUp()
    const seen: string[] = []
    await server.bus.serve('a/+', (_, { address }) => void seen.push(address))
    for (const address of ['a/b', 'a/c', 'a/b']) await client.bus.call(address, {}, { idempotencyKey: 'k' })
    expect(seen).toEqual(['a/b', 'a/c'])
  })
})

describe('the gate', () => {
  it('keeps out retained requests, without an answer', async () => {
    const { server, raw } = await setUp()
    let runs = 0
    await server.bus.serve('a/b', () => ++runs)
    raw.send({ retained: true })
    raw.send()
    await expect.poll(() => raw.replies.length).toBe(1)
    expect(runs).toBe(1)
    expect(server.drops()).toEqual(['retained'])
  })

  it('answers what cannot be read where the reply address stands beside the body', async () => {
    const { server, raw } = await setUp()
    await server.bus.serve('a/b', () => 1)
    raw.send({ payload: 'nonsense' })
    await expect.poll(() => raw.replies.length).toBe(1)
    expect(JSON.parse(raw.replies[0]?.headers?.['error'] ?? '')).toMatchObject({ code: 'INVALID_PAYLOAD' })
    raw.send({ payload: 'nonsense', replyTo: '' })
    await expect.poll(() => server.drops()).toEqual(['invalid', 'invalid'])
    expect(raw.replies).toHaveLength(1)
  })

  it.each(['a/+', '#', '$SYS/x'])('keeps out a request whose reply would go to %s', async (replyTo) => {
    const { server, raw } = await setUp()
    let runs = 0
    await server.bus.serve('a/b', () => ++runs)
    raw.send({ replyTo })
    raw.send({ replyTo, payload: 'nonsense' })
    await expect.poll(() => server.drops()).toEqual(['reflected', 'invalid'])
    expect(runs).toBe(0)
  })

  it('asks the service about the reply address too, and takes a failing answer for no', async () => {
    const { server, raw } = await setUp()
    let runs = 0
    const acceptReplyTo = (replyTo: string): boolean => {
      if (replyTo.endsWith('throw')) throw new Error('defect')
      return !replyTo.endsWith('no')
    }
    await server.bus.serve('a/b', () => ++runs, { acceptReplyTo })
    for (const call of ['no', 'throw', 'yes']) raw.send({ replyTo: `_inbox/raw/${call}` })
    await expect.poll(() => raw.replies.length).toBe(1)
    expect(runs).toBe(1)
    expect(server.drops()).toEqual(['reflected', 'reflected'])
    expect(server.events).toContainEqual({ type: 'problem', error: expect.objectContaining({ message: 'defect' }) })
  })

  it('in the strict setting, replies only to the configured prefixes', async () => {
    const broker = new MemoryBroker()
    const strict = await party({ broker }, { replyPrefixes: ['rpc-'] })
    const client = await party({ broker })
    let runs = 0
    await strict.bus.serve('a/b', () => ++runs)
    expect(await rejection(client.bus.call('a/b', {}, { timeout: 50 }))).toMatchObject({ code: 'TIMEOUT' })
    expect(strict.drops()).toEqual(['reflected'])
    expect(runs).toBe(0)
  })

  it('runs a request that wants no reply', async () => {
    const { server, raw } = await setUp()
    const replyAddresses: string[] = []
    await server.bus.serve('a/b', (_, { replyTo }) => void replyAddresses.push(replyTo))
    raw.send({ replyTo: '' })
    await expect.poll(() => replyAddresses).toEqual([''])
    expect(raw.replies).toEqual([])
  })

  it('runs 64 requests at once, keeps 1,024 waiting, and answers RESOURCE_EXHAUSTED beyond', async () => {
    const { server, client } = await setUp()
    const { opened, open } = gate()
    let running = 0
    let most = 0
    await server.bus.serve('a/b', async () => {
      most = Math.max(most, ++running)
      await opened
      running--
    })
    const total = 64 + 1_024 + 10
    const calls = Array.from({ length: total }, () => client.bus.call('a/b').catch((error: unknown) => error))
    await expect.poll(() => server.drops().length).toBe(10)
    expect(most).toBe(64)
    open()
    const outcomes = await Promise.all(calls)
    const refused = outcomes.filter((outcome) => BotbusError.is(outcome))
    expect(refused).toHaveLength(10)
    expect(refused[0]).toMatchObject({ code: 'RESOURCE_EXHAUSTED', outcome: 'executed', retryable: true })
    expect(most).toBe(64)
  })

  it('answers as the contract says where peers know no errors, also when making that answer fails', async () => {
    const { server, client } = await setUp()
    const answerError = (error: Error): unknown => {
      if (error.message === 'worse') throw new Error('defect')
      return { status: 400, msg: error.message }
    }
    const handler = (request: unknown): never => {
      throw new Error(String(request))
    }
    await server.bus.serve('a/b', handler, { answerError })
    expect(await client.bus.call('a/b', 'bad')).toEqual({ status: 400, msg: 'bad' })
    expect(await rejection(client.bus.call('a/b', 'worse'))).toMatchObject({ code: 'REMOTE', message: 'worse' })
  })
})
