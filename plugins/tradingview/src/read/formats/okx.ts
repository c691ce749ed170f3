import type { Amount } from '../../signal.ts'
import { readAmount } from '../decimals.ts'
import type { Format } from './format.ts'
import { GENERIC_NAMES } from './generic.ts'

const INVESTMENT_UNITS: Readonly<Record<string, Amount['unit']>> = {
  base: 'base',
  margin: 'quote',
  contract: 'contracts',
  percentage_balance: 'percent',
  percentage_investment: 'percent',
  percentage_position: 'percent',
}

/**
 * OKX signal trading (okx.com help, "signal alert specifications"), both forms: that of strategies (`action` with
 * `marketPosition`, `prevMarketPosition` and sizes) and the universal one (`ENTER_LONG`, `EXIT_LONG`, `ENTER_SHORT`,
 * `EXIT_SHORT`). `instrument` (`BTC-USDT-SWAP`) lies on OKX where no exchange is named; the unit of `amount` is told by
 * `investmentType`. `id` is `{{strategy.order.id}}`, the same at every trade, and so no id of the alert. `maxLag` is
 * not applied: the age of an alert is a setting of the route.
 */
export const okx: Format = {
  name: 'okx',
  names: { ...GENERIC_NAMES, otherAction: [], id: ['alertid', 'signalid'], ticker: ['instrument', 'ticker', 'symbol'] },
  secrets: ['signaltoken'],
  exchange: 'OKX',
  recognises: (index) => index.has('signaltoken') || (index.has('investmenttype') && index.has('instrument')),
  amount(index) {
    const found = index.find(['amount'])
    const type = index.find(['investmenttype'])?.text.toLowerCase()
    const unit = type === undefined ? undefined : INVESTMENT_UNITS[type]
    return found === undefined || unit === undefined ? undefined : readAmount(found, unit)
  },
}
