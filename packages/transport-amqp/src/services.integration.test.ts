import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ConsumeMessage } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { failure, nextState, open, openRaw } from '../test/support.ts'

let broker: RabbitmqInstance
beforeAll(async () => {
  broker = await startRabbitmq()
})
afterAll(() => broker.stop())

describe('a call to nobody', () => {
  it('fails at once, also while a monitor listens to everything, and before its timeout', async () => {
    await using client = await open({ url: broker.url })
    await client.bus.subscribe('#', () => undefined)
    const started = performance.now()
    expect(await failure(client.bus.call('hbot/nobody/status'))).toMatchObject({
      code: 'NO_RESPONDER',
      outcome: 'not_sent',
    })
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('fails at once after the last server has gone, cleanly or killed', async () => {
    await using client = await open({ url: broker.url })
    const server = await open({ url: broker.url })
    await server.bus.serve('gone/clean', () => 1)
    expect(await client.bus.call('gone/clean')).toBe(1)
    await server.bus.close()
    expect(await failure(client.bus.call('gone/clean'))).toMatchObject({ code: 'NO_RESPONDER' })

    const child = fork(new URL('../test/child.ts', import.meta.url), [broker.url, 'gone/killed'], {
      execArgv: ['--conditions=@botbus/source'],
    })
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await vi.waitFor(async () => {
      expect(await failure(client.bus.call('gone/killed', {}, { timeout: 500 }))).toMatchObject({
        code: 'NO_RESPONDER',
      })
    }, 5_000)
  })
})

describe('servers of one address', () => {
  it('share its requests, each of which is run once, also when one is killed in the middle', async () => {
    await using client = await open({ url: broker.url })
    await using survivor = await open({ url: broker.url })
    const handler = vi.fn((request: unknown) => request)
    const child = fork(new URL('../test/child.ts', import.meta.url), [broker.url, 'shared'], {
      execArgv: ['--conditions=@botbus/source'],
    })
    await once(child, 'message')
    await survivor.bus.serve('shared', handler, { group: 'any' })
    const taken: unknown[] = []
    child.on('message', (message: { request: unknown }) => taken.push(message.request))
    const settled = Promise.allSettled(
      Array.from({ length: 40 }, (_, number) => client.bus.call('shared', { number }, { timeout: 3_000 })),
    )
    await vi.waitFor(() => expect(handler.mock.calls.length + taken.length).toBe(40))
    child.kill('SIGKILL')
    const outcomes = await settled
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(handler.mock.calls.length)
    expect(taken.length).toBeGreaterThan(10)
    expect(handler.mock.calls.length).toBeGreaterThan(10)
    const numbers = [...handler.mock.calls.map(([request]) => request), ...taken].map(
      (r) => (r as { number: number }).number,
    )
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, number) => number))
  })

  it('come and go at the same time without one of them failing', async () => {
    await using one = await open({ url: broker.url })
    await using two = await open({ url: broker.url })
    const comeAndGo = async ({ bus }: typeof one): Promise<void> => {
      for (let round = 0; round < 100; round++) await (await bus.serve('restless', () => round)).close()
    }
    await Promise.all([comeAndGo(one), comeAndGo(two)])
    await two.bus.serve('restless', () => 'there')
    expect(await one.bus.call('restless')).toBe('there')
    expect([...one.problems(), ...two.problems()]).toEqual([])
  })

  it('leave no queue behind', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url })
    const service = await server.bus.serve('left/behind', () => 1)
    expect(await raw.queue('left.behind')).toMatchObject({ consumerCount: 1 })
    await service.close()
    expect(await raw.queue('left.behind')).toBeUndefined()
  })
})

describe('a service of a pattern', () => {
  it('answers addresses that nobody serves by name', async () => {
    await using server = await open({ url: broker.url })
    await using client = await open({ url: broker.url })
    await server.bus.serve('shop/+/price', (_, { address }) => address)
    const exact = await server.bus.serve('shop/pears/price', () => 'by name')
    expect(await client.bus.call('shop/apples/price')).toBe('shop/apples/price')
    expect(await client.bus.call('shop/pears/price')).toBe('by name')
    await exact.close()
    expect(await client.bus.call('shop/pears/price')).toBe('shop/pears/price')
    expect(await failure(client.bus.call('shop/apples/colour'))).toMatchObject({ code: 'NO_RESPONDER' })
  })
})

describe('what the broker refuses', () => {
  it('a queue with other properties fails its service alone, with a clear error', async () => {
    await using raw = await openRaw(broker.url)
    await raw.channel.assertQueue('other.kind', { durable: true })
    await using server = await open({ url: broker.url })
    await server.bus.serve('good', () => 'still here')
    const listener = vi.fn()
    await server.bus.subscribe('news', listener)
    const error = await failure(server.bus.serve('other/kind', () => 1))
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' })
    expect(error.message).toContain('other/kind')
    expect(await server.bus.call('good')).toBe('still here')
    await server.bus.publish('news', 1)
    await vi.waitFor(() => expect(listener).toHaveBeenCalledOnce())
    await raw.channel.deleteQueue('other.kind')
  })

  it('a queue that another connection has for itself fails its service', async () => {
    await using raw = await openRaw(broker.url)
    await raw.channel.assertQueue('locked.queue', { exclusive: true })
    await using server = await open({ url: broker.url })
    expect(await failure(server.bus.serve('locked/queue', () => 1))).toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('a queue that somebody deletes is made again, and reported', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url })
    await server.bus.serve('deleted', () => 'again')
    await raw.channel.deleteQueue('deleted')
    await vi.waitFor(async () => expect(await server.bus.call('deleted')).toBe('again'))
    expect(server.problems()).toEqual(['NOT_CONNECTED'])
  })
})

describe('a request of another client', () => {
  it('is answered to the queue that it names, with its correlation id', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url })
    await server.bus.serve('plain', (request) => request)
    const { queue } = await raw.channel.assertQueue('', { exclusive: true })
    const replied = new Promise<ConsumeMessage | null>((resolve) => void raw.channel.consume(queue, resolve))
    raw.channel.sendToQueue('plain', Buffer.from('{"a":1}'), { replyTo: queue, correlationId: 'mine' })
    const reply = await replied
    expect(reply?.properties.correlationId).toBe('mine')
    expect(JSON.parse(String(reply?.content))).toMatchObject({ data: { a: 1 } })
  })

  it('cannot make a server send a command to another: wildcards and strict prefixes hold for queues too', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url }, { replyPrefixes: ['amq.rabbitmq.reply-to.'] })
    const victim = vi.fn(() => 1)
    await server.bus.serve('hbot/b/stop', victim)
    const handler = vi.fn(() => 2)
    await server.bus.serve('hbot/a/status', handler)
    raw.channel.sendToQueue('hbot.a.status', Buffer.from('{}'), { replyTo: 'hbot.b.stop' })
    await vi.waitFor(() =>
      expect(server.observed).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'reflected' })),
    )
    expect(await server.bus.call('hbot/a/status')).toBe(2) // direct reply-to passes
    expect(handler).toHaveBeenCalledOnce()
    expect(victim).not.toHaveBeenCalled()
  })

  it('to reply to whom is gone does no harm', async () => {
    await using server = await open({ url: broker.url })
    const client = await open({ url: broker.url })
    let finish: (() => void) | undefined
    await server.bus.serve('slow', () => new Promise<void>((resolve) => (finish = resolve)))
    await server.bus.serve('quick', () => 'ok')
    const call = failure(client.bus.call('slow'))
    await vi.waitFor(() => expect(finish).toBeDefined())
    await client.bus.close()
    await call
    finish?.()
    expect(await server.bus.call('quick')).toBe('ok')
    expect(server.problems()).toEqual([])
  })

  it('that names a reply address nobody can have costs the server that reply; a forged token costs it the connection, not the service', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url })
    const states = vi.fn()
    server.bus.onState(states)
    const handler = vi.fn(() => 'ok')
    await server.bus.serve('hostile/reply', handler)
    const direct = 'amq.rabbitmq.reply-to'
    const targets = [`${direct}.`, `${direct}.x`, 'amq.topic']
    for (const replyTo of targets) raw.channel.sendToQueue('hostile.reply', Buffer.from('{}'), { replyTo })
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(targets.length))
    expect(await server.bus.call('hostile/reply')).toBe('ok')
    expect(states).not.toHaveBeenCalled()
    // RabbitMQ 3.10 closes the connection that publishes to such a forged token.
    const back = nextState(server.bus, 'connected')
    raw.channel.sendToQueue('hostile.reply', Buffer.from('{}'), { replyTo: `${direct}.g1h=.y` })
    await back
    expect(await server.bus.call('hostile/reply')).toBe('ok')
  })

  it('reaches a service only with an address of its own', async () => {
    await using raw = await openRaw(broker.url)
    await using server = await open({ url: broker.url })
    const addresses: string[] = []
    const take = (_: unknown, { address }: { address: string }): string => {
      addresses.push(address)
      return 'ok'
    }
    await server.bus.serve('+/own', take)
    raw.channel.sendToQueue('+.own', Buffer.from('{}'))
    for (const key of ['+.own', '$x.own']) raw.channel.publish('botbus.rpc', key, Buffer.from('{}'))
    expect(await server.bus.call('shop/own')).toBe('ok')
    await vi.waitFor(() => expect(addresses).toEqual(['shop/own']))
  })
})
