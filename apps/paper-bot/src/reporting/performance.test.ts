import { describe, expect, it } from 'vitest'
import { BTC, book, d, makeExchange } from '../../test/harness.ts'
import { Performance } from './performance.ts'

function trade(...orders: ['BUY' | 'SELL', price: number, amount: number][]): Performance {
  const { exchange, events } = makeExchange({ BTC: 10, USDT: 10_000 })
  exchange.onBook(BTC, book(1, 1_000))
  for (const [side, price, amount] of orders) {
    exchange.place({ pair: BTC, side, type: 'LIMIT', price: d(price), amount: d(amount), owner: 'test' })
    exchange.onTrade(BTC, { price: d(price), amount: d(amount) })
  }
  const performance = new Performance('binance', BTC)
  for (const event of events) performance.add(event)
  return performance
}

describe('Performance', () => {
  it('realizes the difference of prices less both fees', () => {
    const report = trade(['BUY', 100, 1], ['SELL', 110, 1]).report(d(105))
    // 10 earned, 0.1 and 0.11 paid.
    expect(report).toMatchObject({
      realized_pnl_quote: 9.79,
      unrealized_pnl_quote: 0,
      global_pnl_quote: 9.79,
      volume_traded: 210,
    })
    expect(report['global_pnl_pct']).toBeCloseTo((9.79 / 210) * 100, 10)
    expect(report['positions_summary']).toEqual([])
    expect(report['close_type_counts']).toEqual({ 'CloseType.COMPLETED': 2 })
  })

  it('values an open position at the mid price and its average cost', () => {
    const report = trade(['BUY', 100, 1], ['BUY', 110, 1]).report(d(120))
    expect(report).toMatchObject({ realized_pnl_quote: -0.21, unrealized_pnl_quote: 30, global_pnl_quote: 29.79 })
    expect(report['positions_summary']).toEqual([
      {
        connector_name: 'binance',
        trading_pair: 'BTC-USDT',
        volume_traded_quote: 210,
        side: 'TradeType.BUY',
        amount: 2,
        breakeven_price: 105,
        unrealized_pnl_quote: 30,
        realized_pnl_quote: -0.21,
        cum_fees_quote: 0.21,
      },
    ])
  })

  it('goes through zero: the rest of a larger fill opens the other side', () => {
    const report = trade(['BUY', 100, 1], ['SELL', 110, 3]).report(d(100))
    expect(report).toMatchObject({ unrealized_pnl_quote: 20 })
    expect(report['positions_summary']).toMatchObject([{ side: 'TradeType.SELL', amount: 2, breakeven_price: 110 }])
  })

  it('says nothing but zero before the first fill', () => {
    expect(new Performance('binance', BTC).report(d(1))).toMatchObject({ global_pnl_pct: 0, volume_traded: 0 })
  })
})
