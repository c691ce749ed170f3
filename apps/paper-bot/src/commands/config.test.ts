import { CommandError } from '@botbus/bridge'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, makeBot, START, type TestBot } from '../../test/harness.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function refusal(bot: TestBot['bot'], params: [string, unknown][]): CommandError {
  try {
    bot.config({ params })
  } catch (error) {
    if (error instanceof CommandError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('config', () => {
  it('lists the client configuration, passwords masked, and no strategy before one is imported', () => {
    const { bot } = makeBot({ settings: { bridge: { host: 'bus', username: 'alpha', password: 'geheim' } } })
    const answer = bot.config({ params: [] })
    expect(answer.changes).toEqual([])
    expect(answer.config.strategy).toEqual({})
    expect(answer.config.client).toMatchObject({
      instance_id: 'alpha',
      log_level: 'INFO',
      fees: { maker_percent: '0.1', taker_percent: '0.1' },
      paper_trade: { paper_trade_account_balance: { BTC: '1', USDT: '1000', ETH: '20', USDC: '100000' } },
      mqtt_bridge: {
        mqtt_host: 'bus',
        mqtt_port: 1883,
        mqtt_username: 'alpha',
        mqtt_password: '******',
        mqtt_ssl: false,
        mqtt_namespace: 'hbot',
        mqtt_logger: true,
        mqtt_notifier: true,
        mqtt_commands: true,
        mqtt_events: true,
        mqtt_external_events: true,
        mqtt_autostart: true,
      },
    })
    expect(JSON.stringify(answer)).not.toContain('geheim')
  })

  it('lists the settings of the imported strategy', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_liquidity_mining_1' })
    expect(bot.config({ params: [] }).config.strategy).toEqual({
      strategy: 'pure_market_making',
      exchange: 'kucoin',
      market: 'ETH-USDT',
      bid_spread: '0.15',
      ask_spread: '0.15',
      order_amount: '1',
      order_refresh_time: '15',
      inventory_skew_enabled: true,
      inventory_target_base_pct: '50',
      inventory_range_multiplier: '5',
    })
  })

  it('answers changes as they were sent, and keeps what they mean', () => {
    const { bot, notes } = makeBot()
    const params: [string, unknown][] = [
      ['mqtt_bridge.mqtt_autostart', 0],
      ['mqtt_bridge.mqtt_ssl', 1],
    ]
    const { changes, config } = bot.config({ params })
    expect(changes).toEqual(params)
    expect(config.client).toMatchObject({ mqtt_bridge: { mqtt_autostart: false, mqtt_ssl: true } })
    expect(notes).toEqual([
      'mqtt_bridge.mqtt_autostart was set and counts at the next mqtt_start.',
      'mqtt_bridge.mqtt_ssl was set and counts at the next mqtt_start.',
    ])
  })

  it('never tells a password that it was given', () => {
    const { bot, logs, notes } = makeBot()
    const answer = bot.config({ params: [['mqtt_bridge.mqtt_password', 'geheim']] })
    expect(answer.changes).toEqual([['mqtt_bridge.mqtt_password', '******']])
    expect(JSON.stringify([answer, logs, notes])).not.toContain('geheim')
    expect(bot.settings.bridge.password).toBe('geheim')
  })

  it('sets what is valid although other keys are wrong, and names those', () => {
    const { bot } = makeBot()
    const error = refusal(bot, [
      ['nope', 1],
      ['instance_id', 'y'],
      ["it's", 2],
    ])
    expect(error.message).toBe(`Invalid param key(s): ['nope', "it's"]`)
    expect(error.answer).toEqual({ changes: [['instance_id', 'y']], config: {} })
    expect(bot.settings.id).toBe('y')
  })

  it.each([
    ['mqtt_bridge.mqtt_port', 'abc', 'mqtt_bridge.mqtt_port: '],
    ['mqtt_bridge.mqtt_port', 70_000, 'mqtt_bridge.mqtt_port: '],
    ['mqtt_bridge.mqtt_ssl', 'maybe', 'mqtt_bridge.mqtt_ssl: '],
    ['mqtt_bridge.mqtt_host', null, 'mqtt_bridge.mqtt_host: expected a value'],
    ['instance_id', 'a/b', 'instance_id: expected 1 to 128 characters'],
    ['log_level', 'LOUD', "log_level: Invalid log level: 'LOUD'"],
    ['fees.maker_percent', -1, 'fees.maker_percent: must be at least 0, found -1'],
    [
      'paper_trade.paper_trade_account_balance.USDT',
      'much',
      'paper_trade.paper_trade_account_balance.USDT: expected a number',
    ],
    ['balance_asset_limit.kucoin.USDT', -1, 'balance_asset_limit.kucoin.USDT: must be at least 0'],
  ])('refuses %s = %j with path and reason', (key, value, message) => {
    const { bot } = makeBot()
    const before = bot.config({ params: [] })
    expect(refusal(bot, [[key, value]]).message).toContain(message)
    expect(bot.config({ params: [] })).toEqual(before)
  })

  it.each([
    'mqtt_bridge',
    'paper_trade',
    'balance_asset_limit.kucoin',
    'balance_asset_limit.mtgox.USDT',
    '__proto__.x',
    'constructor',
    'bid_spread',
  ])('knows no key %s', (key) =>
    expect(refusal(makeBot().bot, [[key, 1]]).message).toBe(`Invalid param key(s): ['${key}']`),
  )

  it('sets keys of the strategy, which the running one uses at its next refresh', async () => {
    const { bot, events } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    bot.config({ params: [['order_amount', 0.5]] })
    await bot.start(START, context)
    expect(
      bot.config({
        params: [
          ['bid_spread', '5'],
          ['ask_spread', 6],
        ],
      }).config.strategy,
    ).toMatchObject({ bid_spread: '5', ask_spread: '6' })
    await vi.advanceTimersByTimeAsync(9_000)
    expect(events).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(events.slice(2).map(({ type, data }) => [type, data['price']])).toEqual([
      ['OrderCancelled', undefined],
      ['OrderCancelled', undefined],
      ['BuyOrderCreated', 95],
      ['SellOrderCreated', 106],
    ])
    expect(refusal(bot, [['market', 'ETH-USDT']]).message).toBe(
      'market: cannot change while the strategy runs - please run "stop" first',
    )
    expect(refusal(bot, [['bid_spread', 0]]).message).toBe('bid_spread: must be greater than 0, found 0')
    bot.close()
  })

  it('charges new orders the fees that were set', async () => {
    const { bot, events } = makeBot()
    bot.config({ params: [['fees.taker_percent', '0.5']] })
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: 1 } })
    expect(events.find(({ type }) => type === 'OrderFilled')?.data).toMatchObject({ trade_fee: { percent: '0.005' } })
    bot.close()
  })

  it('sets and removes balance limits, and sets paper balances', async () => {
    const { bot, events } = makeBot()
    bot.config({
      params: [
        ['balance_asset_limit.binance_paper_trade.usdt', 50],
        ['paper_trade.paper_trade_account_balance.usdt', '500'],
      ],
    })
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: 1 } })
    expect(events.at(-1)?.data).toMatchObject({
      error_message: 'Insufficient balance: 101.101 USDT needed, 50 may be used',
    })
    bot.config({ params: [['balance_asset_limit.binance.USDT', null]] })
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: 5 } })
    expect(events.at(-1)?.data).toMatchObject({
      error_message: 'Insufficient balance: 505.505 USDT needed, 500 may be used',
    })
    bot.close()
  })

  it('tells all changes to whoever keeps them', () => {
    const saved: Readonly<Record<string, unknown>>[] = []
    const { bot } = makeBot({
      settings: { changes: { log_level: 'DEBUG' }, save: (changes) => void saved.push({ ...changes }) },
    })
    bot.config({ params: [['fees.maker_percent', 0]] })
    expect(saved).toEqual([{ log_level: 'DEBUG', 'fees.maker_percent': '0' }])
  })
})

describe('config of keys that must fit each other', () => {
  it('sets them together, whatever their order, or none of them', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_trend_1' })
    const params: [string, unknown][] = [
      ['slow_period', 6],
      ['fast_period', 2],
    ]
    expect(bot.config({ params }).changes).toEqual(params)
    const error = refusal(bot, [
      ['slow_period', 2],
      ['order_amount', 1],
      ['log_level', 'DEBUG'],
    ])
    expect(error.message).toContain('fast_period: must be less than slow_period (2), found 2')
    expect(error.answer).toEqual({ changes: [['log_level', 'DEBUG']], config: {} })
    expect(bot.config({ params: [] }).config.strategy).toMatchObject({ slow_period: 6, order_amount: '0.05' })
  })
})
