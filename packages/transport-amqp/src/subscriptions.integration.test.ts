import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { open, openRaw } from '../test/support.ts'

let broker: RabbitmqInstance
beforeAll(async () => {
  broker = await startRabbitmq()
})
afterAll(() => broker.stop())

describe('subscriptions', () => {
  it('share amq.topic with other clients: dotted keys, bare JSON', async () => {
    await using raw = await openRaw(broker.url)
    await using client = await open({ url: broker.url })
    const received: unknown[] = []
    await client.bus.subscribe('hbot/+/log', ({ topic, data }) => received.push([topic, data]))
    const { queue } = await raw.channel.assertQueue('', { exclusive: true })
    await raw.channel.bindQueue(queue, 'amq.topic', 'hbot.*.log')
    raw.channel.publish('amq.topic', 'hbot.b1.log', Buffer.from('{"msg":"hi"}'))
    await vi.waitFor(() => expect(received).toEqual([['hbot/b1/log', { msg: 'hi' }]]))
    await client.bus.publish('hbot/b2/log', { msg: 'ours' }, { qos: 1 })
    await raw.channel.get(queue, { noAck: true })
    const message = await raw.channel.get(queue, { noAck: true })
    expect(message && [message.fields.routingKey, String(message.content), message.properties.contentType]).toEqual([
      'hbot.b2.log',
      '{"msg":"ours"}',
      'application/json',
    ])
  })

  it('do not miss a pattern that another with the same binding key took back', async () => {
    await using client = await open({ url: broker.url })
    const wild = vi.fn()
    const literal = vi.fn()
    const first = await client.bus.subscribe('price/+', wild)
    await client.bus.subscribe('price/*', literal)
    await client.bus.publish('price/x', 1)
    await client.bus.publish('price/*', 2)
    await vi.waitFor(() => expect(wild).toHaveBeenCalledTimes(2))
    expect(literal).toHaveBeenCalledOnce()
    await first.close()
    await client.bus.publish('price/*', 3)
    await vi.waitFor(() => expect(literal).toHaveBeenCalledTimes(2))
  })

  it('keep a dot inside of a level apart from the slash between levels', async () => {
    await using client = await open({ url: broker.url })
    const received: string[] = []
    await client.bus.subscribe('v/+/x', ({ topic }) => received.push(topic))
    await client.bus.publish('v/1/2/x', 0)
    await client.bus.publish('v/1.2/x', 0)
    await vi.waitFor(() => expect(received).toEqual(['v/1.2/x']))
  })

  it('take one copy of a message, however many of them match', async () => {
    await using client = await open({ url: broker.url })
    const listener = vi.fn()
    for (const pattern of ['a/#', 'a/+', 'a/b', '#']) await client.bus.subscribe(pattern, listener)
    await client.bus.publish('a/b', 1)
    await client.bus.publish('a/end', 1, { qos: 0 })
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(4 + 3))
  })
})
