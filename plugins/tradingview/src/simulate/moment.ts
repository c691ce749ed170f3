import type { PlaceholderValues } from './placeholders.ts'

/** One bar of a chart. Numbers are decimals as text, as TradingView writes them. */
export interface Bar {
  readonly exchange: string
  readonly ticker: string
  readonly baseCurrency: string
  readonly currency: string
  readonly interval: string
  /** When the bar began, milliseconds since 1970. */
  readonly time: number
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
  /** Values of the plots, in their order. */
  readonly plots: readonly string[]
}

/** An order that a strategy has filled, and the position it leaves. */
export interface Order {
  readonly action: 'buy' | 'sell'
  readonly contracts: string
  readonly price: string
  readonly id: string
  readonly comment: string
  readonly alertMessage: string
  readonly position: 'long' | 'flat' | 'short'
  /** Negative for a short position. */
  readonly positionSize: string
  readonly previousPosition: 'long' | 'flat' | 'short'
  /** Never negative. */
  readonly previousPositionSize: string
}

/** What an alert is triggered by. Without an order it is that of an indicator, whose `{{strategy...}}` TradingView leaves empty. */
export interface Moment {
  readonly bar: Bar
  readonly order?: Order
  /** When it was triggered, milliseconds since 1970. */
  readonly now: number
}

const BAR: Bar = {
  exchange: 'BINANCE',
  ticker: 'BTCUSDT',
  baseCurrency: 'BTC',
  currency: 'USDT',
  interval: '5',
  time: 0,
  open: '64010.5',
  high: '64180',
  low: '63955.01',
  close: '64123.45',
  volume: '18.40221',
  plots: ['64001.2', '63870.9'],
}

const ORDER: Order = {
  action: 'buy',
  contracts: '0.01',
  price: '64123.45',
  id: 'Long',
  comment: 'Long',
  alertMessage: '',
  position: 'long',
  positionSize: '0.01',
  previousPosition: 'flat',
  previousPositionSize: '0',
}

/** A plausible bar of BTC in USDT, and an order that opens a long position; what is given takes their place. */
export function simulatedMoment(
  now: number,
  given: { readonly bar?: Partial<Bar>; readonly order?: Partial<Order> | false } = {},
): Moment {
  const bar = { ...BAR, time: now - (now % 300_000), ...given.bar }
  return given.order === false ? { bar, now } : { bar, order: { ...ORDER, ...given.order }, now }
}

/** The value of every placeholder of TradingView. `plots` with titles are added by `plot("Title")`. */
export function valuesOf({ bar, order, now }: Moment, titles: readonly string[] = []): PlaceholderValues {
  const plots = Array.from({ length: 20 }, (_, index) => bar.plots[index] ?? 'NaN')
  return {
    ticker: bar.ticker,
    exchange: bar.exchange,
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
    volume: bar.volume,
    time: toText(bar.time),
    timenow: toText(now),
    interval: bar.interval,
    'syminfo.currency': bar.currency,
    'syminfo.basecurrency': bar.baseCurrency,
    ...Object.fromEntries(plots.map((value, index) => [`plot_${index}`, value])),
    ...Object.fromEntries(titles.map((title, index) => [`plot("${title}")`, plots[index] ?? 'NaN'])),
    ...strategyValues(order),
  }
}

function strategyValues(order: Order | undefined): PlaceholderValues {
  return {
    'strategy.position_size': order?.positionSize ?? '',
    'strategy.order.action': order?.action ?? '',
    'strategy.order.contracts': order?.contracts ?? '',
    'strategy.order.price': order?.price ?? '',
    'strategy.order.id': order?.id ?? '',
    'strategy.order.comment': order?.comment ?? '',
    'strategy.order.alert_message': order?.alertMessage ?? '',
    'strategy.market_position': order?.position ?? '',
    'strategy.market_position_size': order?.positionSize.replace('-', '') ?? '',
    'strategy.prev_market_position': order?.previousPosition ?? '',
    'strategy.prev_market_position_size': order?.previousPositionSize ?? '',
  }
}

/** `2026-02-18T14:30:01Z`: UTC, whole seconds. */
function toText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}
