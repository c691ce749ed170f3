import { describe, expect, it, vi } from 'vitest'
import { harness } from '../test/harness.ts'
import { BotClient } from './index.ts'

describe('BotClient', () => {
  it('sends what it was given and leaves the defaults to the bot', async () => {
    const { bus } = await harness()
    const seen: unknown[] = []
    await bus.serve('hbot/testbot/#', (request, { address }) => {
      seen.push([address, request])
      return { status: 200, msg: '' }
    })
    const client = new BotClient(bus, 'testbot')
    await client.start()
    await client.start({ script: 's.py', log_level: 'DEBUG' })
    await client.stop({ skip_order_cancellation: true })
    await client.import({ strategy: 'conf_1' })
    await client.config()
    await client.config({ params: [['a.b', 1]] })
    await client.balanceLimit({ exchange: 'kucoin', asset: 'USDT', amount: 100 })
    await client.balancePaper({ asset: 'USDT', amount: '1.5' })
    await client.history({ days: 1 })
    await client.status({ async_backend: false })
    await client.commandShortcuts({ params: [['spreads', '1', '1']] })
    expect(seen).toEqual([
      ['hbot/testbot/start', {}],
      ['hbot/testbot/start', { script: 's.py', log_level: 'DEBUG' }],
      ['hbot/testbot/stop', { skip_order_cancellation: true }],
      ['hbot/testbot/import', { strategy: 'conf_1' }],
      ['hbot/testbot/config', {}],
      ['hbot/testbot/config', { params: [['a.b', 1]] }],
      ['hbot/testbot/balance/limit', { exchange: 'kucoin', asset: 'USDT', amount: 100 }],
      ['hbot/testbot/balance/paper', { asset: 'USDT', amount: '1.5' }],
      ['hbot/testbot/history', { days: 1 }],
      ['hbot/testbot/status', { async_backend: false }],
      ['hbot/testbot/command_shortcuts', { params: [['spreads', '1', '1']] }],
    ])
  })

  it.each([
    ['start', { scrip: 's.py' }, 'scrip'],
    ['start', { script: 1 }, 'script: '],
    ['stop', { skip_order_cancelation: true }, 'skip_order_cancelation'],
    ['import', {}, 'strategy: '],
    ['config', { params: [['a']] }, 'params.0'],
    ['balanceLimit', { asset: 'A', amount: 1 }, 'exchange: '],
    ['balancePaper', { asset: 'A', amount: 'much' }, 'amount: '],
    ['history', { days: -1 }, 'days: '],
    ['commandShortcuts', {}, 'params: '],
  ] as const)('does not send %s with %j, which a bot would ignore or never answer', async (name, request, path) => {
    const { bus } = await harness()
    const handler = vi.fn()
    await bus.serve('hbot/testbot/#', handler)
    await expect(new BotClient(bus, 'testbot')[name](request as never)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      outcome: 'not_sent',
      message: expect.stringContaining(path),
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it('resolves with an answer of 400', async () => {
    const { bus } = await harness()
    await bus.serve('hbot/testbot/start', () => ({ status: 400, msg: 'no', extra: 1 }))
    expect(await new BotClient(bus, 'testbot').start()).toEqual({ status: 400, msg: 'no', extra: 1 })
  })

  it('rejects an answer that is none, as executed', async () => {
    const { bus } = await harness()
    await bus.serve('hbot/testbot/start', () => ({ ok: true }))
    await expect(new BotClient(bus, 'testbot').start()).rejects.toMatchObject({
      code: 'INVALID_PAYLOAD',
      outcome: 'executed',
    })
  })

  it('rejects when nobody serves the bot', async () => {
    const { bus } = await harness()
    await expect(new BotClient(bus, 'nobody').stop()).rejects.toMatchObject({
      code: 'NO_RESPONDER',
      outcome: 'not_sent',
    })
  })

  it('rejects when the bot does not answer within the timeout, of the client or of the call', async () => {
    const { bus } = await harness()
    await bus.serve('hbot/testbot/start', () => new Promise(() => undefined))
    const timedOut = expect.objectContaining({ code: 'TIMEOUT', outcome: 'unknown' })
    await expect(new BotClient(bus, 'testbot', { timeout: 20 }).start()).rejects.toEqual(timedOut)
    await expect(new BotClient(bus, 'testbot').start({}, { timeout: 20 })).rejects.toEqual(timedOut)
    await bus.close({ grace: 0 })
  })

  it('rejects when it is cancelled', async () => {
    const { bus } = await harness()
    await bus.serve('hbot/testbot/start', () => new Promise(() => undefined))
    const cancelled = new BotClient(bus, 'testbot').start({}, { signal: AbortSignal.timeout(10) })
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' })
    await bus.close({ grace: 0 })
  })

  it('hears each channel of its bot, and of no other', async () => {
    const { bus, bridge } = await harness()
    const seen: string[] = []
    const client = new BotClient(bus, 'testbot')
    const channels = ['heartbeat', 'events', 'notify', 'log', 'statusUpdates', 'performance'] as const
    for (const channel of channels) await client.on(channel, ({ topic }) => seen.push(topic))
    for (const id of ['testbot', 'other']) {
      const running = await bridge({}, { id })
      running.event('OrderFilled', {})
      running.notify('')
      running.log({ level: 'INFO', message: '', logger: '' })
      running.performance({})
      await running.stop()
    }
    await vi.waitFor(() => expect(new Set(seen).size).toBe(6))
    expect(seen.every((topic) => topic.startsWith('hbot/testbot/'))).toBe(true)
  })

  it('gives a channel as an iterator of typed messages', async () => {
    const { bus, bridge } = await harness()
    const running = await bridge({})
    const stream = new BotClient(bus, 'testbot').messages('notify')
    const next = stream.next()
    await stream.ready
    running.notify('hello')
    expect((await next).value?.data.msg).toBe('hello')
    await stream.return()
  })

  it.each([[''], ['.'], ['a..b'], ['a b'], ['a/+'], ['#'], ['event.x'], ['my_event.x']])(
    'does not send an event named %j, which peers would misread',
    async (name) => {
      const { bus } = await harness()
      await expect(new BotClient(bus, 'testbot').sendEvent(name, {})).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      })
    },
  )

  it.each([['order.market'], ['price_event'], ['a.my_event']])('sends an event named %s', async (name) => {
    const { bus } = await harness()
    const seen: string[] = []
    await bus.subscribe('#', ({ topic }) => seen.push(topic))
    await new BotClient(bus, 'testbot').sendEvent(name, {})
    await vi.waitFor(() => expect(seen).toEqual([`hbot/testbot/external/event/${name.replaceAll('.', '/')}`]))
  })

  it('sends no event to a bot whose id ends in "event", which would misread its name', async () => {
    const { bus } = await harness()
    const sent = new BotClient(bus, 'price_event').sendEvent('order.market', {})
    await expect(sent).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('does not send an event that a strategy would read as empty', async () => {
    const { bus } = await harness()
    const client = new BotClient(bus, 'testbot')
    await expect(client.sendEvent('a', {}, { timestamp: 1.5 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    await expect(client.sendEvent('a', [] as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('refuses what is no channel of a bot, and names those that are', async () => {
    const { bus } = await harness()
    const client = new BotClient(bus, 'testbot')
    const refusal = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('heartbeat') }
    await expect(client.on('logs' as never, () => {})).rejects.toMatchObject(refusal)
    expect(() => client.messages('logs' as never)).toThrow(expect.objectContaining(refusal))
  })

  it('refuses an id that is no level of a topic', async () => {
    const { bus } = await harness()
    expect(() => new BotClient(bus, 'a/b')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
