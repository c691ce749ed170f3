import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PaperBotProcess } from '../support/paper-bot-process.ts'
import { address, BROKERS, nameOn, type TestBroker } from './brokers.ts'
import { type Line, PythonPeer } from './python-peer.ts'

/*
 * Every example of the original specification, with its arguments, done by commlib-py 0.13 as commlib-cli does it, and
 * answered by a paper bot. The specification shows MQTT; on AMQP and Redis the same names are written with dots.
 */

const DONE = { status: 200, msg: '' }

describe.each(BROKERS)('the examples of the original specification, on $name', ({ start }) => {
  let broker: TestBroker
  const opened: AsyncDisposable[] = []
  const listeners: Record<'log' | 'events' | 'notify' | 'hb', PythonPeer> = {} as never

  const commlibCli = (...command: string[]): Promise<PythonPeer> =>
    PythonPeer.start('commlib_cli.py', [...address(broker), ...command])

  async function rpcc(name: string, data: string): Promise<unknown> {
    await using client = await commlibCli('rpcc', nameOn(broker, name), data)
    const line = await client.next()
    expect(line).not.toHaveProperty('error')
    return line['answer']
  }

  async function heard(channel: keyof typeof listeners, wanted: (message: Line) => boolean): Promise<Line> {
    for (;;) {
      const message = (await listeners[channel].next())['message'] as Line
      if (wanted(message)) return message
    }
  }

  beforeAll(async () => {
    broker = await start()
    opened.push(broker)
    for (const channel of ['log', 'events', 'notify', 'hb'] as const) {
      listeners[channel] = await commlibCli('sub', nameOn(broker, `hbot/testbot/${channel}`))
      opened.push(listeners[channel])
    }
    opened.push(await PaperBotProcess.start('testbot', broker.url))
  })

  afterAll(async () => {
    for (const member of opened.reverse()) await member[Symbol.asyncDispose]()
  })

  it('listens to heartbeats', async () => {
    expect(await heard('hb', () => true)).toEqual({ ts: expect.any(Number), instance: expect.any(String) })
  })

  it('imports a strategy', async () => {
    expect(await rpcc('hbot/testbot/import', '{"strategy": "conf_liquidity_mining_1"}')).toEqual(DONE)
  })

  it('lists the configuration', async () => {
    const answer = await rpcc('hbot/testbot/config', '{"params": []}')
    expect(answer).toEqual({ ...DONE, changes: [], config: expect.objectContaining({ client: expect.any(Object) }) })
  })

  it.each([
    { params: '[["mqtt_bridge.mqtt_autostart", 1]]' },
    { params: '[["mqtt_bridge.mqtt_autostart", 1], ["mqtt_bridge.mqtt_ssl", 1]]' },
  ])('sets $params', async ({ params }) => {
    const answer = await rpcc('hbot/testbot/config', `{"params": ${params}}`)
    expect(answer).toEqual({ ...DONE, changes: JSON.parse(params), config: expect.any(Object) })
  })

  it('lists an empty history', async () => {
    expect(await rpcc('hbot/testbot/history', '{}')).toEqual({ ...DONE, trades: [] })
  })

  it('limits a balance', async () => {
    const answer = await rpcc('hbot/testbot/balance/limit', '{"exchange": "kucoin", "asset": "USDT", "amount": 100}')
    expect(answer).toEqual({ ...DONE, data: null })
  })

  it('sets a paper balance', async () => {
    const answer = await rpcc('hbot/testbot/balance/paper', '{"asset": "USDT", "amount": 100}')
    expect(answer).toEqual({ ...DONE, data: null })
  })

  it('starts the strategy, and listens to its log', async () => {
    expect(await rpcc('hbot/testbot/start', '{}')).toEqual(DONE)
    expect(await heard('log', () => true)).toEqual({
      timestamp: expect.any(Number),
      msg: expect.any(String),
      level_no: expect.any(Number),
      level_name: expect.any(String),
      logger_name: expect.any(String),
    })
    expect(await rpcc('hbot/testbot/status', '{}')).toEqual({ ...DONE, data: expect.stringContaining('ETH-USDT') })
  })

  it('listens to notifications', async () => {
    const message = await heard('notify', () => true)
    expect(message).toEqual({ seq: expect.any(Number), timestamp: expect.any(Number), msg: expect.any(String) })
  })

  it('listens to events, and lists the trades that they told of', async () => {
    await using publisher = await PythonPeer.start('publisher.py', address(broker))
    await publisher.order({
      topic: 'hbot/testbot/external/event/order/market',
      data: { timestamp: 1, sequence: 1, type: 'external_event', data: { type: 'SELL', amount: 0.01 } },
    })
    const filled = await heard('events', ({ type }) => type === 'OrderFilled')
    expect(filled).toEqual({ timestamp: expect.any(Number), type: 'OrderFilled', data: expect.any(Object) })
    const { trades } = (await rpcc('hbot/testbot/history', '{}')) as { trades: Line[] }
    expect(trades).toContainEqual(expect.objectContaining({ trade_type: 'SELL', symbol: 'ETH-USDT' }))
  })

  it('stops the strategy', async () => {
    expect(await rpcc('hbot/testbot/stop', '{}')).toEqual(DONE)
  })

  it('gets status 400 with the reason from a bot that refuses', async () => {
    expect(await rpcc('hbot/testbot/import', '{"strategy": ""}')).toEqual({
      status: 400,
      msg: 'Empty strategy_name given!',
    })
  })
})
