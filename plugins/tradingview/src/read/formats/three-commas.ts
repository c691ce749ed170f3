import type { Amount } from '../../signal.ts'
import { readAmount } from '../decimals.ts'
import type { FieldIndex } from '../field-index.ts'
import type { Format } from './format.ts'
import { GENERIC_NAMES } from './generic.ts'

const CURRENCY_UNITS: Readonly<Record<string, Amount['unit']>> = {
  base: 'base',
  quote: 'quote',
  contracts: 'contracts',
  position_percent: 'percent',
  margin_percent: 'percent',
}

/**
 * 3Commas. The signal bot (help.3commas.io, article 9374557): `secret`, `bot_uuid`, `tv_exchange`, `tv_instrument`,
 * `action`, `timestamp`, `trigger_price`, the positions in `strategy_info` and the amount in `order` with its
 * `currency_type`. The DCA bot: `message_type: bot`, `bot_id`, `email_token`, where no `action` starts a deal, and the
 * pair is written the other way round (`USDT_BTC` is BTC-USDT). `max_lag` and `delay_seconds` are not applied: the age
 * of an alert is a setting of the route.
 */
export const threeCommas: Format = {
  name: '3commas',
  names: { ...GENERIC_NAMES, otherAction: [], id: ['alertid', 'signalid'] },
  secrets: ['secret', 'emailtoken'],
  recognises: (index) =>
    index.has('botuuid') ||
    index.has('emailtoken') ||
    (index.has('tvinstrument') && index.has('tvexchange')) ||
    isDca(index),
  action: (index) =>
    isDca(index) && index.find(['action']) === undefined ? { intent: { kind: 'open' } } : dcaWord(index),
  amount(index) {
    if (isDca(index)) return dcaAmount(index)
    const found = index.find(['orderamount', 'amount'])
    if (found === undefined) return undefined
    const type = index.find(['ordercurrencytype', 'currencytype'])?.text.toLowerCase() ?? 'base'
    const unit = CURRENCY_UNITS[type]
    return unit === undefined ? undefined : readAmount(found, unit)
  },
  ticker(index) {
    const pair = isDca(index) ? index.find(['pair'])?.text : undefined
    const [quote, base, ...others] = pair?.split('_') ?? []
    return quote === undefined || base === undefined || others.length > 0 ? undefined : `${base}-${quote}`
  },
}

function isDca(index: FieldIndex): boolean {
  return index.value('messagetype') === 'bot' && index.has('botid')
}

function dcaWord(index: FieldIndex): ReturnType<NonNullable<Format['action']>> {
  const word = index.find(['action'])?.text
  return word === 'add_funds_in_quote' || word === 'add_funds' ? { intent: { kind: 'open' } } : undefined
}

function dcaAmount(index: FieldIndex): Amount | undefined {
  const found = index.find(['volume'])
  if (found === undefined) return undefined
  return readAmount(found, index.find(['action'])?.text === 'add_funds_in_quote' ? 'quote' : 'base')
}
