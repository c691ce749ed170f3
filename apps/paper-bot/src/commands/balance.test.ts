import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { context, ManualFeed, makeBot, START } from '../../test/harness.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('balance limit', () => {
  it('caps what the strategy orders', async () => {
    const { bot, events } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    bot.config({
      params: [
        ['order_amount', 1],
        ['bid_spread', 1],
      ],
    })
    bot.balanceLimit({ exchange: 'binance_paper_trade', asset: 'usdt', amount: 50 })
    await bot.start(START, context)
    // 50 / (99 * 1.001), cut to the market's step.
    expect(events[0]).toMatchObject({ type: 'BuyOrderCreated', data: { amount: 0.504 } })
    bot.close()
  })

  it('answers nothing and tells it, also for an exchange that is not in use', () => {
    const { bot, notes } = makeBot()
    expect(bot.balanceLimit({ exchange: 'kucoin', asset: 'USDT', amount: 100 })).toBeUndefined()
    expect(notes).toEqual(['Limit for USDT on kucoin exchange set to 100'])
    expect(bot.config({ params: [] }).config.client).toMatchObject({ balance_asset_limit: { kucoin: { USDT: '100' } } })
  })

  it('knows the exchange of a live feed, whatever its name', () => {
    const { bot } = makeBot({ feed: new ManualFeed(undefined, 'bitfinex') })
    bot.balanceLimit({ exchange: 'bitfinex', asset: 'USDT', amount: 100 })
    expect(bot.config({ params: [] }).config.client).toMatchObject({
      balance_asset_limit: { bitfinex: { USDT: '100' } },
    })
  })

  it.each([
    [{ exchange: 'mtgox', asset: 'USDT', amount: 1 }, "Invalid exchange: 'mtgox'. Known are"],
    [{ exchange: 'kucoin', asset: 'US$', amount: 1 }, "Invalid asset: 'US$'."],
    [{ exchange: 'kucoin', asset: 'USDT', amount: -1 }, 'Invalid amount: -1. Expected a number from 0'],
  ])('refuses %j', (request, message) => {
    expect(() => makeBot().bot.balanceLimit(request)).toThrow(message)
  })
})

describe('balance paper', () => {
  it('sets the balance of every exchange, at once and for those that come', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    bot.balancePaper({ asset: 'usdt', amount: 777 })
    await bot.start(START, context)
    expect(bot.status()).toMatch(/Total Balance +1 +777\n/)
    bot.balancePaper({ asset: 'USDT', amount: 888.5 })
    expect(bot.status()).toMatch(/Total Balance +1 +888\.5\n/)
    bot.close()
  })

  it('refuses invented assets beyond a thousand settings, and changes nothing then', () => {
    const { bot } = makeBot()
    let count = 0
    const invent = () => bot.balancePaper({ asset: `A${count++}`, amount: 1 })
    expect(() => {
      while (count <= 1_000) invent()
    }).toThrow('there are 1000 settings already')
    expect(count).toBeGreaterThan(900)
    expect(JSON.stringify(bot.config({ params: [] }))).not.toContain(`A${count - 1}"`)
    bot.balancePaper({ asset: 'A1', amount: 2 })
    expect(() => bot.config({ params: [['balance_asset_limit.kucoin.ABC', 1]] })).toThrow('1000 settings already')
  })

  it('refuses less than what open orders hold, and changes nothing then', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    await bot.start(START, context)
    expect(() => bot.balancePaper({ asset: 'BTC', amount: 0.01 })).toThrow(
      'Cannot set BTC to 0.01: open orders on binance hold 0.05 BTC.',
    )
    expect(bot.config({ params: [] }).config.client).toMatchObject({
      paper_trade: { paper_trade_account_balance: { BTC: '1' } },
    })
    bot.close()
  })

  it.each([
    [{ asset: '', amount: 1 }, "Invalid asset: ''."],
    [{ asset: 'USDT', amount: -5 }, 'Invalid amount: -5.'],
    [{ asset: 'USDT', amount: 1e-30 }, 'at most 18 digits after the point'],
    [{ asset: 'USDT', amount: 1e300 }, 'Invalid amount: 1e+300.'],
  ])('refuses %j', (request, message) => {
    expect(() => makeBot().bot.balancePaper(request)).toThrow(message)
  })
})
