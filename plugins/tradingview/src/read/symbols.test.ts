import { describe, expect, it } from 'vitest'
import type { Market, Signal } from '../signal.ts'
import { resolveMarket, type SymbolTable } from './symbols.ts'

function market(symbol: string, table?: SymbolTable, fields: Signal['fields'] = {}): string {
  const [ticker = '', exchange] = symbol.split(':').reverse()
  const found = resolveMarket(
    { format: 'generic', fields, ticker, ...(exchange === undefined ? {} : { exchange }) },
    table,
  )
  return `${found.connector} ${found.pair}`
}

const unknown = (reason: string): object =>
  expect.objectContaining({ code: 'UNKNOWN_SYMBOL', message: expect.stringContaining(reason) })

describe('resolveMarket', () => {
  it.each([
    ['BINANCE:BTCUSDT', 'binance BTC-USDT'],
    ['BINANCE:BTC/USDT', 'binance BTC-USDT'],
    ['BINANCE:BTC-USDT', 'binance BTC-USDT'],
    ['BINANCE:BTC_USDT', 'binance BTC-USDT'],
    ['BINANCE:USDCUSDT', 'binance USDC-USDT'],
    ['BINANCE:1000PEPEUSDT', 'binance 1000PEPE-USDT'],
    ['BINANCE:1INCHUSDT', 'binance 1INCH-USDT'],
    ['BINANCE:ETHBTC', 'binance ETH-BTC'],
    ['BINANCE:BTCFDUSD', 'binance BTC-FDUSD'],
    ['BINANCE:BTCTUSD', 'binance BTC-TUSD'],
    ['BINANCE:BTCEUR', 'binance BTC-EUR'],
    ['BINANCE:BNBETH', 'binance BNB-ETH'],
    ['BINANCE:BTCUSDT.P', 'binance_perpetual BTC-USDT'],
    ['BINANCE:BTCUSDTPERP', 'binance_perpetual BTC-USDT'],
    ['BINANCE:DOTUSD_PERP', 'binance_perpetual DOT-USD'],
    ['BINANCE:BATUSD.P', 'binance_perpetual BAT-USD'],
    ['COINBASE:DOTUSD', 'coinbase_advanced_trade DOT-USD'],
    ['KRAKEN:XBTUSD', 'kraken BTC-USD'],
    ['KRAKEN:ETHXBT', 'kraken ETH-BTC'],
    ['BYBIT:XBTUSD.P', 'bybit_perpetual BTC-USD'],
    ['BYBIT:ETH-PERP', 'bybit_perpetual ETH-USDC'],
    ['HYPERLIQUID:ETH-PERP', 'hyperliquid_perpetual ETH-USD'],
    ['OKX:BTC-USDT-SWAP', 'okx_perpetual BTC-USDT'],
    ['OKX:BTCUSDT.P', 'okx_perpetual BTC-USDT'],
    ['GATEIO:BTCUSDT', 'gate_io BTC-USDT'],
    ['KUCOIN:CRVUSDT', 'kucoin CRV-USDT'],
  ])('reads %s', (symbol, expected) => {
    expect(market(symbol)).toBe(expected)
  })

  it.each([
    ['NASDAQ:AAPL', 'no exchange that is known'],
    ['NYMEX:CL1!', 'no exchange that is known'],
    ['BITMEX:XBTUSD', 'no exchange that is known'],
    ['toString:BTCUSDT', 'no exchange that is known'],
    ['BTCUSDT', 'names no exchange'],
    ['ETH-PERP', 'names no exchange'],
    ['BINANCE:ETH-PERP', 'no quote currency'],
    ['BINANCE:AAPL', 'no quote currency'],
    ['BINANCE:USDT', 'no quote currency'],
    ['BINANCE:BTCUSDTZ2026', 'no quote currency'],
    ['BINANCE:BTC/USDT/ETH', 'no quote currency'],
    ['BINANCE:../../x', 'no quote currency'],
    ['KRAKEN:BTCUSD.P', 'no connector for perpetuals'],
    ['DYDX:BTCUSD', 'no connector for spot'],
  ])('refuses %s', (symbol, reason) => {
    expect(() => market(symbol)).toThrow(unknown(reason))
  })

  it('refuses an alert without a symbol', () => {
    expect(() => resolveMarket({ format: 'generic', fields: {}, exchange: 'BINANCE' })).toThrow(unknown('no symbol'))
  })

  it("asks the route's table first, the one with the exchange before the other", () => {
    const paper: Market = { connector: 'binance_paper_trade', pair: 'BTC-USDT' }
    const other: Market = { connector: 'kraken', pair: 'BTC-USD' }
    const table = { 'binance:btcusdt': paper, BTCUSDT: other, AAPL: other }
    expect(market('BINANCE:BTCUSDT', table)).toBe('binance_paper_trade BTC-USDT')
    expect(market('BYBIT:BTCUSDT', table)).toBe('kraken BTC-USD')
    expect(market('BTCUSDT', table)).toBe('kraken BTC-USD')
    expect(market('NASDAQ:AAPL', table)).toBe('kraken BTC-USD')
    expect(market('BINANCE:ETHUSDT', table)).toBe('binance ETH-USDT')
  })

  it('takes base and quote from a pair beside the ticker, and the perpetual from the ticker', () => {
    expect(market('BINANCE:SOMETHING.P', undefined, { pair: 'sol-usdt' })).toBe('binance_perpetual SOL-USDT')
    expect(market('BINANCE:DOTTUSD', undefined, { pair: 'DOT-TUSD' })).toBe('binance DOT-TUSD')
    expect(market('BINANCE:BTCUSDT', undefined, { pair: '-USDT' })).toBe('binance BTC-USDT')
  })
})
