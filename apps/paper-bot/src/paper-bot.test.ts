import { BotClient, Bridge } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeBot, type TestBot } from '../test/harness.ts'

/** The bot behind its bridge, called by a client: every command on the wire. */
describe('PaperBot on a bus', () => {
  let made: TestBot
  let bridge: Bridge
  let buses: Bus[]
  let client: BotClient

  beforeEach(async () => {
    made = makeBot()
    buses = [await openBus('memory:paper-bot'), await openBus('memory:paper-bot')]
    const [own, others] = buses as [Bus, Bus]
    bridge = new Bridge({ bus: own, bot: made.bot, id: 'alpha' })
    await bridge.start()
    made.bot.attach(bridge)
    client = new BotClient(others, 'alpha')
  })

  afterEach(async () => {
    made.bot.close()
    await bridge.stop()
    await Promise.all(buses.map((bus) => bus.close()))
  })

  it('answers as the original specification says', async () => {
    expect(await client.import({ strategy: 'conf_liquidity_mining_1' })).toEqual({ status: 200, msg: '' })
    expect(await client.start()).toEqual({ status: 200, msg: '' })
    expect(await client.config({ params: [['mqtt_bridge.mqtt_autostart', 1]] })).toMatchObject({
      status: 200,
      msg: '',
      changes: [['mqtt_bridge.mqtt_autostart', 1]],
    })
    expect(await client.history()).toEqual({ status: 200, msg: '', trades: [] })
    expect(await client.balanceLimit({ exchange: 'kucoin', asset: 'USDT', amount: 100 })).toEqual({
      status: 200,
      msg: '',
      data: null,
    })
    expect(await client.balancePaper({ asset: 'USDT', amount: 100 })).toEqual({ status: 200, msg: '', data: null })
    expect(await client.status()).toMatchObject({ status: 200, data: expect.stringContaining('  Markets:') })
    expect(await client.stop()).toEqual({ status: 200, msg: '' })
  })

  it('answers what it refuses with 400 and the texts of real bots', async () => {
    expect(await client.status()).toEqual({ status: 400, msg: 'No strategy is currently running!', data: '' })
    expect(await client.start()).toEqual({ status: 400, msg: 'Strategy check: Please import or create a strategy.' })
    expect(await client.import({ strategy: '' })).toEqual({ status: 400, msg: 'Empty strategy_name given!' })
    expect(await client.import({ strategy: 'missing' })).toEqual({
      status: 400,
      msg: "[Errno 2] No such file or directory: 'missing.yml'",
    })
    expect(
      await client.config({
        params: [
          ['nope', 1],
          ['instance_id', 'y'],
        ],
      }),
    ).toEqual({
      status: 400,
      msg: "Invalid param key(s): ['nope']",
      changes: [['instance_id', 'y']],
      config: {},
    })
    await client.import({ strategy: 'conf_pure_mm_1' })
    await client.start({ async_backend: false })
    expect(await client.start()).toEqual({ status: 400, msg: 'The bot is already running - please run "stop" first' })
  })

  it('publishes its events, and executes an external one', async () => {
    const events = client.messages('events')
    const seen: string[] = []
    const reading = (async () => {
      for await (const { data } of events) {
        seen.push(data.type)
        if (data.type === 'SellOrderCompleted') return
      }
    })()
    await client.sendEvent('order.market', { type: 'sell', amount: '0.1' })
    await reading
    expect(seen).toEqual(['SellOrderCreated', 'OrderFilled', 'SellOrderCompleted'])
    const { trades } = await client.history({ verbose: true, precision: 1 })
    expect(trades).toMatchObject([{ market: 'binance', trade_type: 'SELL', price: '99', quantity: '0.1' }])
  })

  it('reports its performance each second while it runs', async () => {
    await client.import({ strategy: 'conf_pure_mm_1' })
    const reports = client.messages('performance')[Symbol.asyncIterator]()
    const first = reports.next()
    await client.start({ async_backend: false })
    expect((await first).value.data).toMatchObject({ pure_market_making: { performance: { volume_traded: 0 } } })
    await reports.return?.()
  })
})
