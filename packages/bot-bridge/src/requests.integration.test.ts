import { describe, expect, it, vi } from 'vitest'
import { field, fixtureRequests, request } from '../test/field.ts'

/* How a bridge takes the requests of every kind of peer. Each is sent as raw bytes. */

const MILLISECONDS = Date.now()
const REPLIES = 'replies/1'

async function setUp() {
  const made = await field()
  const stop = vi.fn((_: unknown) => '')
  const config = vi.fn(() => ({ changes: [], config: { client: {}, strategy: {} } }))
  await made.bridge({ stop, config, status: () => 'fine' })
  const peer = await made.peer()
  await peer.subscribe('#')
  return { ...made, stop, peer }
}

const ok = { data: { status: 200, msg: '' } }

describe('a stop', () => {
  it.each<[string, object | string, string]>([
    ['of commlib-py 0.11', request('rpc-65947191a0c542cb901a83700dcee117'), 'rpc-65947191a0c542cb901a83700dcee117'],
    [
      'of commlib-py 0.13',
      request('rpc-c128a9e4cf6b4b80', {}, { timestamp: MILLISECONDS * 1e6 }),
      'rpc-c128a9e4cf6b4b80',
    ],
    [
      'of hummingbot-api',
      {
        header: {
          timestamp: MILLISECONDS,
          reply_to: `hummingbot-api/response/${MILLISECONDS}`,
          msg_id: MILLISECONDS,
          node_id: 'hummingbot-api',
          agent: 'hummingbot-api',
          properties: {},
        },
        data: { skip_order_cancellation: false, async_backend: true },
      },
      `hummingbot-api/response/${MILLISECONDS}`,
    ],
    ['of Home Assistant', { header: { reply_to: 'hbot/A/hass_replies' }, data: {} }, 'hbot/A/hass_replies'],
    ['with a dotted reply address', request('rpc.dot'), 'rpc.dot'],
    ['with an unknown field', request(REPLIES, { nope: 1 }), REPLIES],
    ['with data that is null', request(REPLIES, null), REPLIES],
    ['without data', { header: { reply_to: REPLIES } }, REPLIES],
  ])('%s runs and is answered', async (_, payload, replyTo) => {
    const { stop, peer } = await setUp()
    await peer.publish('hbot/A/stop', payload)
    await vi.waitFor(() => expect(peer.on(replyTo)).toMatchObject([ok]))
    const [reply] = peer.received.filter(({ topic }) => topic === replyTo)
    expect(reply).toMatchObject({ qos: 1, retain: false })
    expect(JSON.parse(reply?.text ?? '')).toMatchObject({
      header: { reply_to: '', timestamp: expect.any(Number), content_type: 'json', encoding: 'utf8' },
    })
    expect(stop).toHaveBeenCalledExactlyOnceWith(
      { skip_order_cancellation: false, async_backend: true },
      expect.anything(),
    )
  })

  it.each<[string, object | string]>([
    ['without a header', { data: {} }],
    ['without a reply address', { header: { timestamp: MILLISECONDS }, data: {} }],
    ['with an empty reply address', request('')],
    ['that is an empty object', {}],
    ['that is bare data', { skip_order_cancellation: false }],
  ])('%s runs, as real bots do it, and is not answered', async (_, payload) => {
    const { stop, peer } = await setUp()
    await peer.publish('hbot/A/stop', payload)
    await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce())
    await peer.publish('hbot/A/status', request('replies/fence'))
    await vi.waitFor(() => expect(peer.on('replies/fence')).toHaveLength(1))
    const answers = peer.received.filter(({ text, topic }) => text.includes('"status":') && topic !== 'replies/fence')
    expect(answers).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['data that is a list', [], 'expected object'],
    ['data that is a text', 'now', 'expected object'],
    ['a value of the wrong type', { skip_order_cancellation: 'perhaps' }, 'skip_order_cancellation: '],
  ])('with %s is not run and answered with 400, path and reason', async (_, data, reason) => {
    const { stop, peer } = await setUp()
    await peer.publish('hbot/A/stop', request(REPLIES, data))
    await vi.waitFor(() =>
      expect(peer.on(REPLIES)).toMatchObject([{ data: { status: 400, msg: expect.stringContaining(reason) } }]),
    )
    expect(stop).not.toHaveBeenCalled()
  })

  it.each<[string, string | Buffer]>([
    ['not JSON', 'stop!'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a text', '"stop"'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an attack on prototypes', '{"header":{"reply_to":"replies/1"},"data":{"__proto__":{"x":1}}}'],
    ['nested without end', '['.repeat(10_000)],
  ])('that is %s is not run, and counted', async (_, payload) => {
    const { stop, peer, dropped } = await setUp()
    await peer.publish('hbot/A/stop', payload)
    await vi.waitFor(() => expect(dropped('hbot/A/stop')).toEqual(['invalid']))
    expect(stop).not.toHaveBeenCalled()
    await peer.publish('hbot/A/stop', request(REPLIES))
    await vi.waitFor(() => expect(peer.on(REPLIES)).toMatchObject([ok]))
  })

  it('with wrong data and no reply address is not run, and counted', async () => {
    const { stop, peer, events } = await setUp()
    await peer.publish('hbot/A/stop', request('', { skip_order_cancellation: 'perhaps' }))
    await vi.waitFor(() =>
      expect(events).toContainEqual(
        expect.objectContaining({
          type: 'request',
          address: 'hbot/A/stop',
          error: expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
        }),
      ),
    )
    expect(stop).not.toHaveBeenCalled()
  })
})

it('a config with a lone key is answered with the path', async () => {
  const { peer } = await setUp()
  await peer.publish('hbot/A/config', request(REPLIES, { params: [['instance_id']] }))
  const msg = expect.stringContaining('params.0')
  await vi.waitFor(() =>
    expect(peer.on(REPLIES)).toMatchObject([{ data: { status: 400, msg, changes: [], config: {} } }]),
  )
})

it.each(fixtureRequests())('the captured request of $source is read without a loss', async ({ topic, payload }) => {
  const { bus, peer } = await setUp()
  const server = await bus()
  const seen: unknown[] = []
  await server.serve(topic, (data) => {
    seen.push(data)
    return { c: -1 }
  })
  await peer.publish(topic, payload)
  const { header, data } = JSON.parse(payload) as { header: { reply_to: string }; data: unknown }
  await vi.waitFor(() => expect(peer.on(header.reply_to)).toMatchObject([{ data: { c: -1 } }]))
  expect(seen).toEqual([data])
})
