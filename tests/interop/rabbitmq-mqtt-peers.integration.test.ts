import { BotClient, Bridge, discoverBots } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'
import { PaperBotProcess } from '../support/paper-bot-process.ts'
import { address } from './brokers.ts'
import { type Line, PythonPeer } from './python-peer.ts'

/*
 * RabbitMQ's MQTT plugin puts MQTT's topics on the exchange that AMQP subscribers read, with `.` for `/`: bots stay on MQTT, whoever
 * watches and commands them is on AMQP. Here the bots are programs: the paper bot, and services of commlib-py.
 */

const DONE = { status: 200, msg: '' }
const SOON = { timeout: 20_000, interval: 20 }

describe('one RabbitMQ, with bots on MQTT and Botbus on AMQP', () => {
  let broker: RabbitmqInstance
  let mqtt: { url: string; port: number }
  let onAmqp: Bus
  let onMqtt: Bus
  const opened: AsyncDisposable[] = []

  const python = (program: string, ...args: string[]): Promise<PythonPeer> =>
    PythonPeer.start(program, [...address(mqtt), '--guest', ...args])

  /** All that comes on a pattern from now on. */
  async function listen(bus: Bus, pattern: string): Promise<{ topic: string; data: unknown }[]> {
    const heard: { topic: string; data: unknown }[] = []
    opened.push(await bus.subscribe(pattern, ({ topic, data }) => void heard.push({ topic, data })))
    return heard
  }

  beforeAll(async () => {
    broker = await startRabbitmq({ plugins: ['rabbitmq_mqtt'] })
    opened.push(broker)
    const url = broker.mqttUrl ?? expect.unreachable('RabbitMQ runs without MQTT')
    mqtt = { url, port: Number(new URL(url).port) }
    onAmqp = await openBus(`${broker.url}?mqttBots=true`)
    opened.push(onAmqp)
    onMqtt = await openBus(url)
    opened.push(onMqtt)
  })

  afterAll(async () => {
    for (const member of opened.reverse()) await member[Symbol.asyncDispose]()
  })

  it('discovers, starts and stops a paper bot, and hears its channels through wildcards', async () => {
    const heartbeats = await listen(onAmqp, 'hbot/+/hb')
    const logs = await listen(onAmqp, 'hbot/+/log')
    const all = await listen(onAmqp, 'hbot/paper/#')
    await using directory = await discoverBots(onAmqp)
    await using _ = await PaperBotProcess.start('paper', mqtt.url)

    await vi.waitFor(() => expect(directory.get('paper')?.health).toBe('online'), SOON)
    expect(heartbeats).toContainEqual({
      topic: 'hbot/paper/hb',
      data: expect.objectContaining({ ts: expect.any(Number) }),
    })

    const bot = new BotClient(onAmqp, 'paper')
    expect(await bot.status()).toMatchObject({ status: 400, msg: 'No strategy is currently running!' })
    expect(await bot.import({ strategy: 'conf_pure_mm_1' })).toMatchObject(DONE)
    expect(await bot.start({ async_backend: false })).toMatchObject(DONE)
    expect(await bot.status()).toMatchObject({ ...DONE, data: expect.any(String) })
    await bot.sendEvent('order.market', { type: 'buy', amount: '0.01' })
    await vi.waitFor(() => {
      expect(logs.map(({ topic }) => topic)).toContain('hbot/paper/log')
      expect(all).toContainEqual({ topic: 'hbot/paper/events', data: expect.objectContaining({ type: 'OrderFilled' }) })
    }, SOON)
    expect(await bot.stop()).toMatchObject(DONE)
    expect(await bot.status()).toMatchObject({ status: 400 })
  })

  it('commands a bot made of commlib-py services on MQTT', async () => {
    await using service = await python('bot_service.py', '--bot', 'pybot')
    const bot = new BotClient(onAmqp, 'pybot')
    expect(await bot.start({ script: 's.py' })).toEqual(DONE)
    expect(await service.next()).toMatchObject({ command: 'start', request: { script: 's.py' } })
    expect(await bot.status()).toEqual({ ...DONE, data: 'running' })
    expect(await bot.stop({ skip_order_cancellation: true })).toEqual(DONE)
    expect(await bot.balancePaper({ asset: 'USDT', amount: 1 })).toMatchObject({ status: 400, msg: 'no such asset' })
  })

  it('reads what commlib-py publishes on MQTT, and is heard by its pattern', async () => {
    const notes = await listen(onAmqp, 'hbot/pub/notify')
    await using publisher = await python('publisher.py')
    const data = { seq: 1, timestamp: -1, msg: 'hello' }
    await publisher.order({ topic: 'hbot/pub/notify', data })
    await vi.waitFor(() => expect(notes).toEqual([{ topic: 'hbot/pub/notify', data }]), SOON)

    await using listener = await python('event_listener.py', '--bot', 'pub')
    await new BotClient(onAmqp, 'pub').sendEvent('order.market', { side: 'BUY' })
    expect(await listener.next()).toMatchObject({
      topic: 'hbot/pub/external/event/order/market',
      event: { data: { side: 'BUY' } },
    })
  })

  it('says NO_RESPONDER for a bot that does not exist, and for one that has gone', async () => {
    const nobody = { code: 'NO_RESPONDER', outcome: 'not_sent' }
    await expect(new BotClient(onAmqp, 'nobody').stop()).rejects.toMatchObject(nobody)
    const bridge = new Bridge({ bus: onMqtt, bot: { status: () => 'here' }, id: 'leaving' })
    await bridge.start()
    const client = new BotClient(onAmqp, 'leaving')
    expect(await client.status()).toMatchObject(DONE)
    await bridge.stop()
    await expect(client.status()).rejects.toMatchObject(nobody)
  })

  it('shows a bridge on AMQP to a client on MQTT', async () => {
    const all = await listen(onMqtt, 'hbot/+/#')
    await using directory = await discoverBots(onMqtt)
    await using bridge = new Bridge({ bus: onAmqp, bot: {}, id: 'ours' })
    await bridge.start()
    bridge.notify('hello')
    bridge.event('OrderFilled', { amount: 1 })
    const expected: Line[] = [
      { topic: 'hbot/ours/hb', data: expect.objectContaining({ ts: expect.any(Number) }) },
      { topic: 'hbot/ours/notify', data: expect.objectContaining({ msg: 'hello' }) },
      { topic: 'hbot/ours/events', data: expect.objectContaining({ type: 'OrderFilled', data: { amount: 1 } }) },
    ]
    await vi.waitFor(() => expect(all).toEqual(expect.arrayContaining(expected)), SOON)
    expect(directory.get('ours')?.health).toBe('online')
  })
})
