import { describe, expect, it } from 'vitest'
import { context, HISTORY, makeBot, START } from '../../test/harness.ts'

describe('external event order.market', () => {
  it('places a market order, also when no strategy runs', async () => {
    const { bot, events, notes } = makeBot()
    await bot.externalEvent('order.market', { data: { type: 'buy', amount: '0.1' } })
    expect(events.map(({ type }) => type)).toEqual(['BuyOrderCreated', 'OrderFilled', 'BuyOrderCompleted'])
    expect(events[1]?.data).toMatchObject({
      trade_type: 'TradeType.BUY',
      order_type: 'OrderType.MARKET',
      price: 101,
      amount: 0.1,
      trading_pair: 'BTC-USDT',
      trade_fee: { fee_type: 'AddedToCost', percent: '0.001', percent_token: null, flat_fees: [] },
    })
    expect(events[2]?.data).toMatchObject({
      base_asset: 'BTC',
      quote_asset: 'USDT',
      base_asset_amount: 0.1,
      quote_asset_amount: 10.1,
    })
    expect(notes.at(-1)).toBe('Taker BUY order: 0.1 BTC @ 101 USDT (0.1 of 0.1 filled)')
    bot.close()
  })

  it('takes another market and a number', async () => {
    const { bot } = makeBot()
    await bot.externalEvent('order.market', { data: { type: 'SELL', amount: 2, trading_pair: 'eth-usdt' } })
    expect(bot.history(HISTORY).trades).toMatchObject([{ symbol: 'ETH-USDT', trade_type: 'SELL', quantity: '2' }])
    bot.close()
  })

  it('says in an event when the balance does not suffice', async () => {
    const { bot, events } = makeBot()
    await bot.externalEvent('order.market', { data: { type: 'sell', amount: 2 } })
    expect(events).toMatchObject([
      {
        type: 'OrderFailure',
        data: {
          order_type: 'OrderType.MARKET',
          error_message: 'Insufficient balance: 2 BTC needed, 1 may be used',
          error_type: 'ValueError',
        },
      },
    ])
    bot.close()
  })

  it('opens at most 20 markets, so that invented pairs cost no time, and leaves room for a start', async () => {
    const { bot, feed, notes } = makeBot()
    const order = (pair: string) =>
      bot.externalEvent('order.market', { data: { type: 'buy', amount: 0.001, trading_pair: pair } })
    for (let index = 0; index < 30; index += 1) await order(`A${index}-USDT`)
    expect(feed.opened).toHaveLength(20)
    expect(notes.at(-1)).toContain('Cannot open A29-USDT: 20 markets are open already.')
    await bot.import({ strategy: 'conf_pure_mm_1' })
    await bot.start(START, context)
    expect(feed.opened).toHaveLength(21)
    bot.close()
  })

  it.each([
    [{}, 'type: '],
    [{ type: 'hold', amount: 1 }, 'type: '],
    [{ type: 'buy' }, 'amount: '],
    [{ type: 'buy', amount: 'NaN' }, 'amount: expected a number'],
    [{ type: 'buy', amount: '1e-30' }, 'amount: must have at most 18 digits after the point'],
    [{ type: 'buy', amount: 0 }, 'amount: must be greater than 0, found 0'],
    [{ type: 'buy', amount: 1, trading_pair: 'BTC' }, "trading_pair: Invalid trading pair: 'BTC'"],
  ])('logs and notifies what is wrong with %j, and throws nothing', async (data, reason) => {
    const { bot, events, notes, logs } = makeBot()
    await bot.externalEvent('order.market', { data })
    expect(events).toEqual([])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('External event order.market was refused: ')
    expect(notes[0]).toContain(reason)
    expect(logs.at(-1)).toMatchObject({ level: 40, name: 'hummingbot.remote_iface' })
  })

  it('leaves other events alone', async () => {
    const { bot, events, notes } = makeBot()
    await bot.externalEvent('some.other', { data: { type: 'buy', amount: 1 } })
    expect([events, notes]).toEqual([[], []])
  })
})
