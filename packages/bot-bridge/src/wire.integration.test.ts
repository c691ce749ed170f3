import { expect, it, vi } from 'vitest'
import { field } from '../test/field.ts'
import { BotClient } from './index.ts'

/* What a peer that knows only Hummingbot sees of a bot, byte by byte. */

const INSTANCE = '"instance":"[0-9a-f]{16}"'

async function setUp() {
  const made = await field()
  const peer = await made.peer()
  await peer.subscribe('#')
  const bridge = await made.bridge({ status: () => 'fine', externalEvent: () => undefined })
  const texts = (topic: string) => peer.received.filter((message) => message.topic === topic).map(({ text }) => text)
  return { ...made, peer, bridge, texts }
}

it('says online, beats, tells what it has to tell, and says offline, in the shapes of Hummingbot', async () => {
  const { peer, bridge, texts } = await setUp()
  bridge.event('OrderFilled', { order_id: 'OID1', price: 20000.1 })
  bridge.notify('Hummingbot stopped.')
  bridge.notify('ö\n"x"')
  bridge.log({
    level: 'WARNING',
    message: 'order OID1 slow',
    logger: 'hummingbot.strategy.x',
    timestamp: 1_795_443_544_648,
  })
  bridge.performance({ ctrl_1: { performance: { realized_pnl_quote: -1.5 }, custom_info: {} } })
  await bridge.stop()
  await vi.waitFor(() => expect(texts('hbot/A/status_updates')).toHaveLength(2))
  const expected: [string, RegExp[]][] = [
    ['events', [/^\{"timestamp":\d{10},"type":"OrderFilled","data":\{"order_id":"OID1","price":20000\.1\}\}$/]],
    [
      'notify',
      [
        /^\{"seq":0,"timestamp":\d{10},"msg":"Hummingbot stopped\."\}$/,
        /^\{"seq":1,"timestamp":\d{10},"msg":"ö\\n\\"x\\""\}$/,
      ],
    ],
    [
      'log',
      [
        /^\{"timestamp":1795443544\.648,"msg":"order OID1 slow","level_no":30,"level_name":"WARNING","logger_name":"hummingbot\.strategy\.x"\}$/,
      ],
    ],
    ['performance', [/^\{"ctrl_1":\{"performance":\{"realized_pnl_quote":-1\.5\},"custom_info":\{\}\}\}$/]],
    ['hb', [new RegExp(`^\\{"ts":\\d{16},${INSTANCE}\\}$`)]],
    [
      'status_updates',
      ['online', 'offline'].map(
        (msg) => new RegExp(`^\\{"timestamp":\\d{13},"type":"availability","msg":"${msg}",${INSTANCE}\\}$`),
      ),
    ],
  ]
  for (const [suffix, patterns] of expected) {
    expect(texts(`hbot/A/${suffix}`)).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)))
  }
  expect(peer.received.filter(({ retain }) => retain)).toEqual([])
  expect(new Set(peer.received.map(({ topic }) => topic)).size).toBe(expected.length)
})

it('sends requests and external events as real bots read them', async () => {
  const { bus, peer, texts } = await setUp()
  const client = new BotClient(await bus(), 'A')
  await client.status({ async_backend: false })
  await client.sendEvent('order.market', { side: 'buy' }, { timestamp: 1, sequence: 2, type: 'eevent' })
  const sent = await vi.waitFor(() => {
    expect(texts('hbot/A/external/event/order/market')).toEqual([
      '{"timestamp":1,"sequence":2,"type":"eevent","data":{"side":"buy"}}',
    ])
    return JSON.parse(texts('hbot/A/status')[0] ?? '') as { header: { reply_to: string }; data: unknown }
  })
  expect(sent).toMatchObject({
    header: { timestamp: expect.any(Number), content_type: 'json', encoding: 'utf8', agent: 'botbus' },
    data: { async_backend: false },
  })
  expect(sent.header.reply_to).toMatch(/^hbot\/A\/reply\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
  const request = peer.received.find(({ topic }) => topic === 'hbot/A/status')
  expect(request).toMatchObject({ retain: false })
  await vi.waitFor(() =>
    expect(peer.on(sent.header.reply_to)).toMatchObject([{ data: { status: 200, msg: 'fine', data: 'fine' } }]),
  )
})
