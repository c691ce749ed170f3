import type { Amount } from '../../signal.ts'
import type { FieldIndex } from '../field-index.ts'
import type { Format } from './format.ts'
import { amountIn, GENERIC_NAMES, usualAmount } from './generic.ts'

const QUANTITY_UNITS: Readonly<Record<string, Amount['unit']>> = {
  fixed_quantity: 'base',
  dollar_amount: 'quote',
  risk_dollar_amount: 'quote',
  percent_of_equity: 'percent',
  risk_percent: 'percent',
  percent_of_position: 'percent',
}

/**
 * TradersPost (docs.traderspost.io, "Webhooks"): `ticker`, `action` (buy, sell, exit, cancel, add), `sentiment` (the
 * position afterwards: bullish or long, bearish or short, flat), `quantity` with `quantityType`, `signalPrice`,
 * `takeProfit` and `stopLoss` as objects, of which prices are read (`limitPrice`, `stopPrice`); percentages stay among
 * the fields. Its secret is part of its URL; here it goes into a field such as `secret`.
 */
export const traderspost: Format = {
  name: 'traderspost',
  names: {
    ...GENERIC_NAMES,
    otherAction: [],
    after: ['sentiment', 'marketposition'],
    price: ['signalprice', 'price', 'limitprice'],
    stopLoss: ['stoplossstopprice', 'stoploss'],
    takeProfit: ['takeprofitlimitprice', 'takeprofit'],
  },
  secrets: [],
  recognises: (index) =>
    index.has('ticker') &&
    index.has('action') &&
    ['sentiment', 'signalprice', 'quantitytype', 'takeprofitlimitprice', 'takeprofitpercent', 'stoplosstype'].some(
      (name) => index.has(name),
    ),
  amount(index) {
    const type = index.find(['quantitytype'])?.text
    const unit = type === undefined ? undefined : QUANTITY_UNITS[type.toLowerCase()]
    // A type that is not known: the number says nothing.
    if (type !== undefined && unit === undefined) return undefined
    return unit === undefined ? usualAmount(index) : quantity(index, unit)
  },
}

function quantity(index: FieldIndex, unit: Amount['unit']): Amount | undefined {
  return amountIn(index, ['quantity', 'qty'], unit)
}
