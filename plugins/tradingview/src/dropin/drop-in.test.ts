import { describe, expect, it, vi } from 'vitest'
import { OPEN_LONG, resolve, TIMENOW } from '../../fixtures/alert.ts'
import { RECEIVER_ALERTS } from '../../fixtures/receivers.ts'
import { SECRET, TestHost } from '../../test/host.ts'

const BOT = 'hummingbot_instance_1'
const fixture = (name: string): string => RECEIVER_ALERTS.find((alert) => alert.name === name)?.body ?? ''
const withKey = (body: string): string => body.replace('SECURITY_KEY', SECRET)

async function rogerThat(more: object = {}): Promise<TestHost> {
  const demo = {
    secrets: [SECRET],
    dropIn: 'rogerthat',
    unavailable: 'publish',
    allow: { bots: [BOT], topics: ['signals/*'], commands: ['start', 'stop', 'commandShortcuts', 'balanceLimit'] },
    maxAge: 365 * 86_400,
    ...more,
  }
  return TestHost.start({ config: { routes: { demo } } })
}

async function webhookMqtt(more: object = {}): Promise<TestHost> {
  const demo = {
    secrets: [SECRET],
    dropIn: 'tradingview-webhook-mqtt',
    topic: 'signals/main',
    unavailable: 'publish',
    allow: { bots: [BOT], topics: ['signals/*'] },
    ...more,
  }
  return TestHost.start({ config: { routes: { demo } } })
}

const keyed = `demo?api_key=${SECRET}`

async function messagesOn(host: TestHost, pattern: string): Promise<unknown[][]> {
  const messages: unknown[][] = []
  await host.bus.subscribe(pattern, ({ topic, data }) => void messages.push([topic, data]))
  return messages
}

/** What a command of the bot is called with. */
async function requestsOf(host: TestHost, command: string): Promise<unknown[]> {
  const requests: unknown[] = []
  await host.bus.serve(`hbot/${BOT}/${command}`, (request) => {
    requests.push(request)
    return { status: 200, msg: '' }
  })
  return requests
}

describe('tradingview-webhook-mqtt', () => {
  it('publishes the data of P2, as it is, on the topic of the route', async () => {
    await using host = await webhookMqtt()
    const messages = await messagesOn(host, 'signals/#')
    expect(await host.post('demo', withKey(fixture('P2')))).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(messages).toEqual([['signals/main', JSON.parse(fixture('P2')).data]]))
  })

  it('publishes on the topic that the alert names, where the route allows it', async () => {
    await using host = await webhookMqtt()
    const messages = await messagesOn(host, '#')
    const send = (topic: unknown): Promise<{ status: number; body: unknown }> =>
      host.post('demo', { key: SECRET, data: { n: 1, price: 1.5 }, topic })
    expect(await send('signals/other')).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(messages).toEqual([['signals/other', { n: 1, price: 1.5 }]]))
    for (const topic of ['OPTIONAL_MQTT_TOPIC', `hbot/${BOT}/stop`, 'hbot/other/external/event/x', 'signals/#', 7]) {
      expect([topic, (await send(topic)).status]).toEqual([topic, 422])
    }
    expect(messages).toHaveLength(1)
  })

  it('makes an event of what goes to the topic of one', async () => {
    await using host = await webhookMqtt()
    const messages = await messagesOn(host, 'hbot/#')
    const topic = `hbot/${BOT}/external/event/tv/signal`
    expect(await host.post('demo', { key: SECRET, data: { n: 1 }, topic })).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(messages).toMatchObject([[topic, { type: 'external_event', data: { n: 1 } }]]))
  })

  it('sends events where the topic of the route is that of one', async () => {
    const topic = `hbot/${BOT}/external/event/tv`
    await using host = await webhookMqtt({ topic })
    const messages = await messagesOn(host, 'hbot/#')
    expect(await host.post('demo', { key: SECRET, data: { n: 1 } })).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(messages).toMatchObject([[topic, { data: { n: 1 } }]]))
  })

  it('refuses P1 with its wrong key, and takes it with the right one', async () => {
    await using host = await webhookMqtt()
    expect(await host.post('demo', fixture('P1'))).toMatchObject({ status: 401 })
    expect(await host.post('demo', { key: SECRET, data: {} })).toMatchObject({ status: 202 })
  })

  it('refuses P3, whose key nobody filled in', async () => {
    await using host = await webhookMqtt()
    expect((await host.post('demo', fixture('P3'))).status).toBe(401)
  })
})

describe('RogerThat', () => {
  it('takes its key from the URL, and never shows it', async () => {
    await using host = await rogerThat({ dryRun: true })
    expect(await host.post('demo', fixture('P5'))).toMatchObject({ status: 401 })
    expect(await host.post('demo?api_key=wrong', fixture('P5'))).toMatchObject({ status: 401 })
    expect(await host.post(keyed, fixture('P5'))).toMatchObject({ status: 200 })
    expect(await host.post(`${keyed}&api_key=x`, fixture('P6'))).toMatchObject({ status: 401 })
    const shown = [await host.api('GET', '/alerts'), await host.api('GET', '/dead-letters'), host.log.lines]
    expect(JSON.stringify(shown)).not.toContain(SECRET)
  })

  it('is the only one that looks there', async () => {
    await using host = await webhookMqtt()
    expect(await host.post(keyed, { data: {} })).toMatchObject({ status: 401 })
  })

  it('turns P4, P5 and P6 into calls', async () => {
    await using host = await rogerThat()
    const called = await Promise.all(['command_shortcuts', 'start', 'stop'].map((name) => requestsOf(host, name)))
    for (const name of ['P4', 'P5', 'P6']) expect((await host.post(keyed, fixture(name))).status).toBe(202)
    await vi.waitFor(() =>
      expect(called).toMatchObject([
        [{ params: [['spreads', '1', '1']] }],
        [{ log_level: 'DEBUG' }],
        [{ skip_order_cancellation: false }],
      ]),
    )
  })

  it('reads booleans that are text and negative numbers right', async () => {
    await using host = await rogerThat()
    const [stops, limits] = await Promise.all([requestsOf(host, 'stop'), requestsOf(host, 'balance/limit')])
    const topic = `hbot/${BOT}/stop`
    expect((await host.post(keyed, { topic, skip_order_cancellation: 'false', unknown: 1 })).status).toBe(202)
    const limit = { topic: `hbot/${BOT}/balance/limit`, exchange: 'kucoin', asset: 'USDT', amount: '-1' }
    expect((await host.post(keyed, limit)).status).toBe(202)
    await vi.waitFor(() => {
      expect(stops).toMatchObject([{ skip_order_cancellation: false }])
      expect(limits).toMatchObject([{ amount: -1 }])
    })
    expect((await host.post(keyed, { ...limit, amount: 'much' })).status).toBe(422)
  })

  it('repairs the topic, the time and the sequence of P7', async () => {
    await using host = await rogerThat()
    const messages = await messagesOn(host, `hbot/${BOT}/external/#`)
    expect((await host.post(keyed, fixture('P7'))).status).toBe(202)
    await vi.waitFor(() =>
      expect(messages).toEqual([
        [
          `hbot/${BOT}/external/event/my_event`,
          {
            type: 'external_event',
            timestamp: TIMENOW,
            sequence: TIMENOW,
            data: {
              exchange: 'BINANCE',
              symbol: 'BTCUSDT',
              interval: '30',
              price: '67250.5',
              volume: '1234.567',
              position: 'long',
              inventory: 'entry',
            },
          },
        ],
      ]),
    )
  })

  it('makes the data of an event from known fields where there is none', async () => {
    await using host = await rogerThat()
    const messages = await messagesOn(host, `hbot/${BOT}/external/#`)
    const topic = `hbot/${BOT}/external/event/tv`
    const alert = { topic, exchange: 'binance', price: '1.5', inventory: '-0.5', position: 'long', is_raw_msg: 'false' }
    expect((await host.post(keyed, alert)).status).toBe(202)
    const data = { exchange: 'binance', price: 1.5, inventory: -0.5, position: 'long' }
    await vi.waitFor(() => expect(messages).toMatchObject([[topic, { data }]]))
    expect(messages[0]?.[1]).toEqual({
      type: 'external_event',
      timestamp: expect.any(Number),
      sequence: expect.any(Number),
      data,
    })
  })

  it('refuses P8 as a whole, for its placeholders, and takes it with all of them filled in', async () => {
    await using host = await rogerThat()
    const [starts, stops] = await Promise.all([requestsOf(host, 'start'), requestsOf(host, 'stop')])
    const messages = await messagesOn(host, `hbot/${BOT}/external/#`)
    const refused = await host.post(keyed, fixture('P8'))
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'PLACEHOLDER' } } })
    expect([starts, stops, messages]).toEqual([[], [], []])
    const filled = resolve(fixture('P8'), OPEN_LONG).replaceAll('1234567890', String(Date.now()))
    expect(await host.post(keyed, filled)).toMatchObject({
      status: 202,
      body: { results: [{ status: 'stored' }, { status: 'stored' }, { status: 'stored' }] },
    })
    await vi.waitFor(() => expect([starts.length, stops.length, messages.length]).toEqual([1, 1, 1]))
  })

  it.each([
    ['another bot', { topic: 'hbot/other/start' }, 'NOT_ALLOWED'],
    ['another command', { topic: `hbot/${BOT}/import`, strategy: 'x' }, 'NOT_ALLOWED'],
    ['another topic', { topic: 'elsewhere/x' }, 'NOT_ALLOWED'],
    ['a channel of a bot', { topic: `hbot/${BOT}/hb` }, 'INVALID_FIELD'],
    ['a wildcard', { topic: 'signals/+' }, 'INVALID_FIELD'],
    ['no topic', { price: 1 }, 'INVALID_FIELD'],
    ['a time that is none', { topic: 'signals/x', timestamp: 'yesterday' }, 'INVALID_FIELD'],
  ])('refuses %s', async (_, alert, code) => {
    await using host = await rogerThat()
    const messages = await messagesOn(host, '#')
    expect(await host.post(keyed, alert)).toMatchObject({ status: 422, body: { error: { code } } })
    expect(messages).toEqual([])
  })

  it('publishes on a topic that the route allows, and takes old times for old', async () => {
    await using host = await rogerThat({ maxAge: 120 })
    const messages = await messagesOn(host, 'signals/#')
    expect((await host.post(keyed, { topic: 'signals/x', price: '1', timestamp: 1234567890 })).status).toBe(422)
    expect((await host.post(keyed, { topic: 'signals/x', price: '1', is_raw_msg: true })).status).toBe(202)
    await vi.waitFor(() => expect(messages).toEqual([['signals/x', { price: '1' }]]))
  })
})

describe('what proves the sender', () => {
  it('never reaches a bot or a topic, whatever field it came in', async () => {
    await using host = await rogerThat()
    const messages = await messagesOn(host, '#')
    const event = { topic: `hbot/${BOT}/external/events/x`, secret: SECRET, foo: 1 }
    expect(await host.post('demo', event)).toMatchObject({ status: 202 })
    expect(await host.post('demo', { topic: 'signals/a', token: SECRET, foo: 2 })).toMatchObject({ status: 202 })
    await vi.waitFor(() => expect(messages).toHaveLength(2))
    expect(JSON.stringify(messages)).not.toContain(SECRET)
    expect(JSON.stringify(messages)).toContain('"foo":2')
  })
})
