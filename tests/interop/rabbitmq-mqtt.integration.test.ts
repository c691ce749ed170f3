import { amqp } from '@botbus/amqp'
import { BotClient, Bridge } from '@botbus/bridge'
import { type Bus, connectBus } from '@botbus/core'
import { mqtt } from '@botbus/mqtt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RabbitmqInstance, startRabbitmq } from '../../scripts/broker/rabbitmq/rabbitmq.mjs'

describe('a bot on MQTT and a client on AMQP, at one RabbitMQ', () => {
  const opened: AsyncDisposable[] = []
  const keep = <T extends AsyncDisposable>(resource: T): T => {
    opened.push(resource)
    return resource
  }
  const stopped = vi.fn()
  let broker: RabbitmqInstance
  let botBus: Bus
  let client: Bus
  let bridge: Bridge

  beforeAll(async () => {
    broker = keep(await startRabbitmq({ plugins: ['rabbitmq_mqtt'] }))
    botBus = keep(await connectBus(mqtt({ url: broker.mqttUrl ?? '' })))
    const bot = {
      start: () => undefined,
      stop: (request: unknown) => void stopped(request),
      status: () => 'idle',
      history: () => {
        throw new Error('no trades')
      },
    }
    bridge = new Bridge({ bus: botBus, bot, id: 'mqttbot' })
    await bridge.start()
    client = keep(await connectBus(amqp({ url: `${broker.url}?mqttBots=true` })))
  })

  afterAll(async () => {
    await bridge.stop()
    for (const resource of opened.reverse()) await resource[Symbol.asyncDispose]()
  })

  it('the client commands the bot', async () => {
    const bot = new BotClient(client, 'mqttbot')
    expect(await bot.stop({ skip_order_cancellation: true })).toMatchObject({ status: 200 })
    expect(stopped).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ skip_order_cancellation: true }))
    expect((await bot.status()).status).toBe(200)
  })

  it('the client is told what the bot refuses', async () => {
    const answer = await new BotClient(client, 'mqttbot').history()
    expect(answer).toMatchObject({ status: 400, msg: 'no trades' })
  })

  it('64 commands at once get each its own answer', async () => {
    await using echoing = await connectBus(mqtt({ url: broker.mqttUrl ?? '' }))
    await echoing.serve('hbot/echo/status', (request) => request)
    const numbers = Array.from({ length: 64 }, (_, number) => ({ number }))
    const replies = await Promise.all(numbers.map((request) => client.call('hbot/echo/status', request)))
    expect(replies).toEqual(numbers)
  })

  it('the client hears the bot, and the bot hears the client', async () => {
    const heard = vi.fn()
    await using _log = await client.subscribe('hbot/+/log', ({ topic, data }) => heard(topic, data))
    bridge.log({ level: 'INFO', message: 'over both protocols', logger: 'test' })
    await vi.waitFor(() =>
      expect(heard).toHaveBeenCalledWith('hbot/mqttbot/log', expect.objectContaining({ msg: 'over both protocols' })),
    )
    const arrived = vi.fn()
    await botBus.subscribe('prices/+', ({ topic, data }) => arrived(topic, data))
    await client.publish('prices/tick', { price: 1 }, { qos: 1 })
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledWith('prices/tick', { price: 1 }))
  })

  it('a bot that is on AMQP gets its commands there, and only there', async () => {
    await using other = await connectBus(amqp({ url: broker.url }))
    const onAmqp = vi.fn(() => 'amqp')
    const onMqtt = vi.fn(() => 'mqtt')
    await other.serve('hbot/both/status', onAmqp)
    await botBus.serve('hbot/both/status', onMqtt)
    expect(await client.call('hbot/both/status')).toBe('amqp')
    expect(onMqtt).not.toHaveBeenCalled()
  })

  it('a bot that is nowhere is noticed at once, unless something listens to its commands', async () => {
    const call = (): Promise<unknown> => client.call('hbot/nowhere/status', {}, { timeout: 300 })
    await expect(call()).rejects.toMatchObject({ code: 'NO_RESPONDER', outcome: 'not_sent' })
    await expect(client.call('calculator/add')).rejects.toMatchObject({ code: 'NO_RESPONDER' })
    await using _monitor = await botBus.subscribe('#', () => undefined)
    await expect(call()).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(client.capabilities.noResponder).toBe('best-effort')
  })

  it('without mqttBots the bot is nobody', async () => {
    await using plain = await connectBus(amqp({ url: broker.url }))
    await expect(plain.call('hbot/mqttbot/status')).rejects.toMatchObject({ code: 'NO_RESPONDER' })
  })
})
