import { BotClient, Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startKafka } from '../../scripts/broker/kafka/kafka.mjs'
import { address, type TestBroker } from './brokers.ts'
import { PythonPeer } from './python-peer.ts'

/*
 * On Kafka, commlib-py has a Kafka topic for each topic, and Botbus has few for all. Topics that both use are `ownTopics`: there a
 * record is the message and nothing else.
 */

const SHARED = [
  'hbot/pub/log',
  'hbot/pub/notify',
  'hbot/pub/events',
  'hbot/pub/hb',
  'hbot/ours/notify',
  'hbot/pybot/external/event/order/market',
  'lab/out',
]

describe('Botbus and commlib-py on Kafka', () => {
  let broker: TestBroker
  let bus: Bus
  const opened: AsyncDisposable[] = []

  async function python(program: string, ...args: string[]): Promise<PythonPeer> {
    const peer = await PythonPeer.start(program, [...address(broker), ...args])
    opened.push(peer)
    return peer
  }

  beforeAll(async () => {
    broker = await startKafka()
    opened.push(broker)
    bus = await openBus(`${broker.url}?ownTopics=${SHARED.join(',')}`)
    opened.push(bus)
  })

  afterAll(async () => {
    for (const member of opened.reverse()) await member[Symbol.asyncDispose]()
  })

  it('read what commlib-py publishes on the channels of a bot', async () => {
    const publisher = await python('publisher.py')
    const bot = new BotClient(bus, 'pub')
    await using logs = bot.messages('log')
    await using notes = bot.messages('notify')
    await using events = bot.messages('events')
    await using heartbeats = bot.messages('heartbeat')
    await Promise.all([logs.ready, notes.ready, events.ready, heartbeats.ready])

    await publisher.order({ topic: 'hbot/pub/log', data: { timestamp: 'yesterday' } })
    await publisher.order({ topic: 'hbot/pub/log', data: { timestamp: 1.5, level_no: 30, msg: 'ünï' } })
    expect((await logs.next()).value?.data).toMatchObject({ msg: 'ünï', level_no: 30 })

    await publisher.order({ topic: 'hbot/pub/notify', data: { seq: 0, timestamp: '-1', msg: 'hello' } })
    expect((await notes.next()).value?.data).toMatchObject({ timestamp: -1, msg: 'hello' })

    await publisher.order({
      topic: 'hbot/pub/events',
      data: { timestamp: 1671819499, type: 'SellOrderCreated', data: { price: 'NaN', amount: 0.5 } },
    })
    expect((await events.next()).value?.data).toMatchObject({ data: { price: Number.NaN, amount: 0.5 } })

    await publisher.order({ topic: 'hbot/pub/hb', data: { ts: 1795443655268227300 } })
    expect((await heartbeats.next()).value?.data).toMatchObject({ ts: 1795443655268227300 })
  })

  it('let commlib-py read what a bus publishes', async () => {
    const subscriber = await python('commlib_cli.py', 'sub', 'lab.out')
    await bus.publish('lab/out', { text: 'ünï', number: -1.5, nothing: null, list: [1, 'two'] })
    expect(await subscriber.next()).toEqual({ message: { text: 'ünï', number: -1.5, nothing: null, list: [1, 'two'] } })
  })

  it('let commlib-py read external events, with whole numbers', async () => {
    const listener = await python('event_listener.py', '--bot', 'pybot', '--name', 'order.market')
    await new BotClient(bus, 'pybot').sendEvent('order.market', { side: 'BUY', amount: -0.5 }, { type: 'signal' })
    expect(await listener.next()).toEqual({
      topic: 'hbot.pybot.external.event.order.market',
      event: { timestamp: expect.any(Number), sequence: 0, type: 'signal', data: { side: 'BUY', amount: -0.5 } },
    })
  })

  it('let commlib-py read the messages of a bridge', async () => {
    const subscriber = await python('commlib_cli.py', 'sub', 'hbot.ours.notify')
    await using bridge = new Bridge({ bus, bot: {}, id: 'ours' })
    await bridge.start()
    bridge.notify('hello')
    expect(await subscriber.next()).toEqual({ message: { seq: 0, timestamp: expect.any(Number), msg: 'hello' } })
  })

  it('do not call each other: for calls commlib-py has Kafka topics of each service and client', async () => {
    await python('bot_service.py', '--bot', 'pybot')
    const client = await python('rpc_client.py', '--name', 'lab/double')
    // Its first request may be written before the service reads.
    const answer = (): Promise<unknown> => client.order({ data: { n: 2 }, timeout: 2 })
    await expect.poll(answer, { timeout: 20_000 }).toMatchObject({ answer: { double: 4 } })
    const call = bus.call('lab/double', { n: 2 }, { timeout: 2_000 })
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' })

    await using _ = await bus.serve('lab/ours', () => ({}))
    const other = await python('rpc_client.py', '--name', 'lab/ours')
    expect(await other.order({ data: {}, timeout: 2 })).toHaveProperty('error')
  })
})
