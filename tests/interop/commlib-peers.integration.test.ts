import { type Bot, BotClient, Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { BotbusError, Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { address, BROKERS, nameOn, type TestBroker, typeOf, urlOfCallers } from './brokers.ts'
import { type Line, PythonPeer } from './python-peer.ts'

const DONE = { status: 200, msg: '' }

describe.each(BROKERS)('Botbus and commlib-py on $name', ({ start }) => {
  let broker: TestBroker
  let bus: Bus
  const opened: AsyncDisposable[] = []

  async function python(program: string, ...args: string[]): Promise<PythonPeer> {
    const peer = await PythonPeer.start(program, [...address(broker), ...args])
    opened.push(peer)
    return peer
  }

  beforeAll(async () => {
    broker = await start()
    opened.push(broker)
    bus = await openBus(broker.url)
    opened.push(bus)
  })

  afterAll(async () => {
    for (const member of opened.reverse()) await member[Symbol.asyncDispose]()
  })

  describe('a bot made of commlib-py services', () => {
    let service: PythonPeer
    let caller: Bus
    let bot: BotClient

    beforeAll(async () => {
      service = await python('bot_service.py', '--bot', 'pybot')
      caller = await openBus(urlOfCallers(broker))
      opened.push(caller)
      bot = new BotClient(caller, 'pybot', { timeout: 10_000 })
    })

    it.each<[string, () => Promise<unknown>, Line, Line]>([
      ['start', () => bot.start({ script: 's.py' }), DONE, { script: 's.py', async_backend: true }],
      ['stop', () => bot.stop({ skip_order_cancellation: true }), DONE, { skip_order_cancellation: true }],
      ['import', () => bot.import({ strategy: 'conf_pure_mm_1' }), DONE, { strategy: 'conf_pure_mm_1' }],
      [
        'config',
        () => bot.config({ params: [['mqtt_bridge.mqtt_autostart', 1]] }),
        { ...DONE, changes: [['mqtt_bridge.mqtt_autostart', 1]], config: {} },
        { params: [['mqtt_bridge.mqtt_autostart', 1]] },
      ],
      ['status', () => bot.status({ async_backend: false }), { ...DONE, data: 'running' }, { async_backend: false }],
      [
        'history',
        () => bot.history({ days: 1.5, precision: 2 }),
        { ...DONE, trades: [expect.objectContaining({ trade_id: 'EOID1', price: '1000.' })] },
        { days: 1.5, precision: 2 },
      ],
      [
        'balance/limit',
        () => bot.balanceLimit({ exchange: 'kucoin', asset: 'USDT', amount: 100 }),
        { ...DONE, data: null },
        { exchange: 'kucoin', asset: 'USDT', amount: 100 },
      ],
      [
        'balance/paper',
        () => bot.balancePaper({ asset: 'USDT', amount: '100.5' }),
        { status: 400, msg: 'no such asset', data: null },
        { asset: 'USDT', amount: 100.5 },
      ],
    ])('gets the request of %s and is understood', async (command, call, answer, request) => {
      expect(await call()).toEqual(answer)
      expect(await service.next()).toEqual({ command, request: expect.objectContaining(request) })
    })

    it('answers 50 calls, each with its own answer, as many at once as it can keep', async () => {
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      // The queue of a commlib-py service on AMQP holds ten requests.
      const atOnce = typeOf(broker) === 'amqp' ? 10 : 50
      const answers: unknown[] = []
      while (answers.length < numbers.length) {
        const some = numbers.slice(answers.length, answers.length + atOnce)
        answers.push(...(await Promise.all(some.map((n) => caller.call('lab/double', { n }, { timeout: 10_000 })))))
      }
      expect(answers).toEqual(numbers.map((n) => ({ double: n * 2 })))
    })

    it('settles a call to a service that fails as commlib-py answers it', async () => {
      const call = caller.call('lab/fails', {}, { timeout: 500 })
      const settled = await call.catch(({ code, outcome }: BotbusError) => ({ code, outcome }))
      expect(settled).toEqual(
        {
          mqtt: { code: 'TIMEOUT', outcome: 'unknown' },
          // What an answer of its type says when nothing is set.
          amqp: DONE,
          redis: {},
        }[typeOf(broker)],
      )
    })
  })

  describe('commlib-py publishers', () => {
    let publisher: PythonPeer

    beforeAll(async () => {
      publisher = await python('publisher.py')
    })

    /** The first message of a channel of the bot `pub`, after `data` was published on `topic`. */
    async function received(channel: 'events' | 'notify' | 'heartbeat' | 'log', data: Line): Promise<unknown> {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      const topic = { events: 'events', notify: 'notify', heartbeat: 'hb', log: 'log' }[channel]
      await using _ = await new BotClient(bus, 'pub').on(channel, (message) => resolve(message.data))
      await publisher.order({ topic: `hbot.pub.${topic}`, data })
      // The subscription ends with this block, so the message is awaited here.
      return await promise
    }

    it.each<['events' | 'notify' | 'heartbeat' | 'log', Line, Line]>([
      ['heartbeat', { ts: 1795443655268227300 }, { ts: 1795443655268227300 }],
      ['heartbeat', {}, {}],
      ['notify', { seq: 0, timestamp: '-1', msg: 'negative, as older ones write it' }, { timestamp: -1 }],
      ['notify', { seq: 1, timestamp: -1, msg: 'negative, as newer ones write it' }, { timestamp: -1 }],
      [
        'events',
        { timestamp: 1671819499, type: 'SellOrderCreated', data: { price: 'NaN', amount: 0.5 } },
        { type: 'SellOrderCreated', data: { price: Number.NaN, amount: 0.5 } },
      ],
      [
        'log',
        { timestamp: 1795443544.64, msg: 'ünï', level_no: 30, level_name: 'WARNING', logger_name: 'x' },
        { msg: 'ünï', level_no: 30 },
      ],
    ])('are read on %s: %j', async (channel, data, expected) => {
      expect(await received(channel, data)).toMatchObject(expected)
    })

    it('do not stop a stream with a message that cannot be read', async () => {
      await using messages = new BotClient(bus, 'odd').messages('log')
      await messages.ready
      await publisher.order({ topic: 'hbot.odd.log', data: { timestamp: 'yesterday' } })
      await publisher.order({ topic: 'hbot.odd.log', data: { timestamp: 1, level_no: 20, msg: 'good' } })
      expect((await messages.next()).value?.data).toMatchObject({ msg: 'good', level_no: 20 })
    })
  })

  describe('commlib-py subscribers', () => {
    it('read what a bus publishes', async () => {
      const subscriber = await python('commlib_cli.py', 'sub', nameOn(broker, 'lab/out'))
      await bus.publish('lab/out', { text: 'ünï', number: -1.5, nothing: null, list: [1, 'two'] })
      expect(await subscriber.next()).toEqual({
        message: { text: 'ünï', number: -1.5, nothing: null, list: [1, 'two'] },
      })
    })

    it('read external events as Hummingbot does, with whole numbers', async () => {
      // On AMQP commlib-py can make no subscriber with a pattern.
      const name = typeOf(broker) === 'amqp' ? ['--name', 'order.market'] : []
      const listener = await python('event_listener.py', '--bot', 'pybot', ...name)
      await new BotClient(bus, 'pybot').sendEvent('order.market', { side: 'BUY', amount: -0.5 }, { type: 'signal' })
      expect(await listener.next()).toEqual({
        topic: nameOn(broker, 'hbot/pybot/external/event/order/market'),
        event: { timestamp: expect.any(Number), sequence: 0, type: 'signal', data: { side: 'BUY', amount: -0.5 } },
      })
    })

    it('read the messages of a bridge', async () => {
      const subscriber = await python('commlib_cli.py', 'sub', nameOn(broker, 'hbot/ours/notify'))
      await using bridge = new Bridge({ bus, bot: {}, id: 'ours' })
      await bridge.start()
      bridge.notify('hello')
      expect(await subscriber.next()).toEqual({ message: { seq: 0, timestamp: expect.any(Number), msg: 'hello' } })
    })
  })

  describe('a commlib-py client', () => {
    it('calls what a bus serves, one call after the other', async () => {
      await using _ = await bus.serve('lab/ours', (request) => ({ got: request, negative: -1 }))
      const client = await python('rpc_client.py', '--name', 'lab/ours')
      for (const n of [1, -2, 3]) {
        expect(await client.order({ data: { n } })).toMatchObject({ answer: { got: { n }, negative: -1 } })
      }
    })

    it('gets status 400 with the reason when a bot fails, and when the request is wrong', async () => {
      const bot: Bot = {
        balancePaper() {
          throw new Error('the exchange is closed')
        },
      }
      await using bridge = new Bridge({ bus, bot, id: 'failing' })
      await bridge.start()
      const client = await python('rpc_client.py', '--name', 'hbot/failing/balance/paper')
      expect(await client.order({ data: { asset: 'USDT', amount: 1 } })).toMatchObject({
        answer: { status: 400, msg: 'the exchange is closed' },
      })
      expect(await client.order({ data: { asset: 'USDT' } })).toMatchObject({
        answer: { status: 400, msg: expect.stringContaining('amount') },
      })
    })
  })
})
