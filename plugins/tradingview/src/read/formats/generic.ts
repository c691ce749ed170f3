import type { Amount } from '../../signal.ts'
import { readAmount } from '../decimals.ts'
import type { FieldIndex } from '../field-index.ts'
import type { Format, Names } from './format.ts'

export const GENERIC_NAMES: Names = {
  action: [
    'action',
    'orderaction',
    'strategyorderaction',
    'side',
    'orderside',
    'positionside',
    'direction',
    'positiondirection',
  ],
  otherAction: ['signal', 'order', 'command', 'type'],
  ticker: ['ticker', 'symbol', 'tvinstrument', 'instrument', 'pair', 'asset'],
  exchange: ['exchange', 'tvexchange'],
  id: ['alertid', 'signalid', 'id'],
  time: ['timenow', 'timestamp', 'alerttime', 'createdat', 'created', 'time', 'metadatatimestamp'],
  price: [
    'price',
    'orderprice',
    'strategyorderprice',
    'entryprice',
    'limitprice',
    'signalprice',
    'triggerprice',
    'marketprice',
    'close',
  ],
  stopLoss: ['stoploss', 'stoplossprice', 'sl', 'slprice'],
  takeProfit: ['takeprofit', 'takeprofitprice', 'tp', 'tpprice'],
  interval: ['interval', 'timeframe', 'tf', 'resolution'],
  comment: ['comment', 'ordercomment', 'strategyordercomment', 'note', 'message', 'msg'],
  after: ['marketposition', 'strategymarketposition', 'position', 'sentiment'],
  afterSize: ['marketpositionsize', 'strategymarketpositionsize', 'positionsize', 'strategypositionsize'],
  before: ['prevmarketposition', 'strategyprevmarketposition'],
  beforeSize: ['prevmarketpositionsize', 'strategyprevmarketpositionsize', 'prevpositionsize'],
}

const BASE = [
  'quantity',
  'qty',
  'size',
  'amount',
  'orderquantity',
  'orderqty',
  'ordersize',
  'orderamount',
  'baseamount',
]
const CONTRACTS = ['contracts', 'ordercontracts', 'strategyordercontracts', 'lots']
const QUOTE = [
  'usd',
  'usdt',
  'quoteamount',
  'amountquote',
  'quoteqty',
  'quoteorderqty',
  'notional',
  'cost',
  'dollaramount',
]
const PERCENT = ['percent', 'percentage', 'pct', 'sizepercent', 'amountpercent']

/** The amount under the usual names, the first of: base, contracts, quote, percent. */
export function usualAmount(index: FieldIndex): Amount | undefined {
  return (
    amountIn(index, BASE, 'base') ??
    amountIn(index, CONTRACTS, 'contracts') ??
    amountIn(index, QUOTE, 'quote') ??
    amountIn(index, PERCENT, 'percent')
  )
}

const UNIT_FIELDS = [
  ...BASE.flatMap((name) => [`${name}type`, `${name}unit`, `${name}currency`]),
  'unit',
  'currency',
  'currencytype',
]

const UNITS: readonly (readonly [Amount['unit'], RegExp])[] = [
  ['base', /^(base|coins?|units?|shares?|fixed.?quantity)$/i],
  ['contracts', /^(contracts?|lots?)$/i],
  ['percent', /^(%|.*perc?ent.*|pct)$/i],
  ['quote', /^(quote|cash|notional|dollars?|usd[a-z]?|fdusd|tusd|eur|gbp|jpy|try|brl)$/i],
]

/**
 * The unit that a field beside the amount gives to an amount that would be one of the base currency: 100 with `currency: USDT` is
 * not 100 BTC. A unit that is not known leaves the amount out.
 */
function amountWithUnit(index: FieldIndex): Amount | undefined {
  const amount = usualAmount(index)
  const named = index.find(UNIT_FIELDS)
  if (amount?.unit !== 'base' || named === undefined) return amount
  const unit = UNITS.find(([, pattern]) => pattern.test(named.text))?.[0]
  return unit === undefined ? undefined : { ...amount, unit }
}

/** The amount under one of these names. */
export function amountIn(index: FieldIndex, names: readonly string[], unit: Amount['unit']): Amount | undefined {
  const found = index.find(names)
  return found === undefined ? undefined : readAmount(found, unit)
}

/**
 * Whatever people write by themselves: one field for each thing, under any of the usual names, in any spelling
 * (`order_action`, `orderAction`, `strategy-order-action`), also inside `data`, `alert`, `order`, `strategy`,
 * `strategy_info`, `payload`. Seen with the receivers klpanagi, legkvla, RogerThat, fabston, thibaultyou, Just-Trades,
 * Jackrabbit, pinebridge, tradingwizard.ai, Altrady, algo-trade-analytics.
 *
 * Left out on purpose:
 * - `volume` is no amount: `{{volume}}` is that of the bar. (It is one in the formats `octobot` and `3commas`.)
 * - `order_id` is no id of the alert: `{{strategy.order.id}}` names the order in the script (`Long`) and is the same
 *   each time, so the second trade of the day would count as a duplicate of the first. For the same reason, never send it as `id`,
 *   which is one, as are `alert_id` and `signal_id`: add `{{timenow}}` to it.
 * - `{{time}}` counts only where no `timenow` or `timestamp` is: it is the opening of the bar.
 * - A price, stop loss or take profit that is no positive decimal (`NaN`, `2%`) is left out of the signal and stays
 *   among the fields.
 */
export const generic: Format = {
  name: 'generic',
  names: GENERIC_NAMES,
  secrets: [
    'secret',
    'key',
    'passphrase',
    'token',
    'password',
    'apikey',
    'apisecret',
    'authkey',
    'apitoken',
    'identity',
  ],
  recognises: () => true,
  amount: amountWithUnit,
}
