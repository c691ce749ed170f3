import { AlertError } from '../../alert-error.ts'
import { readAmount } from '../decimals.ts'
import type { Format } from './format.ts'
import { GENERIC_NAMES } from './generic.ts'

/** `0.01`, `5%` (of the portfolio), `100a%` (of what is free), `10q` (in the quote currency). */
const VOLUME = /^([0-9.]+(?:[eE][+-]?[0-9]+)?)(q|[a-z]{0,2}%)?$/i

/**
 * OctoBot (octobot.cloud guides, "TradingView trading mode"): `EXCHANGE`, `SYMBOL`, `SIGNAL`, `VOLUME`, `PRICE`,
 * `ORDER_TYPE`, `TAKE_PROFIT_PRICE`, `STOP_LOSS_PRICE`, upper case, as lines or between `;`. The secret is `TOKEN`.
 * What a percentage is taken of (`100a%`) stays in the field `VOLUME`.
 */
export const octobot: Format = {
  name: 'octobot',
  names: { ...GENERIC_NAMES, action: ['signal'], otherAction: [] },
  secrets: ['token'],
  recognises: (index) => Object.hasOwn(index.values, 'SIGNAL') && Object.hasOwn(index.values, 'SYMBOL'),
  amount(index) {
    const found = index.find(['volume'])
    if (found === undefined) return undefined
    const [, number, unit = ''] = VOLUME.exec(found.text) ?? []
    if (number === undefined) {
      if (/^[+-]?[0-9.]/.test(found.text) || /^nan$/i.test(found.text)) return readAmount(found, 'base')
      throw new AlertError(
        'INVALID_FIELD',
        `${found.name} is ${JSON.stringify(found.text.slice(0, 40))}: that is no volume of OctoBot`,
      )
    }
    return readAmount(
      { name: found.name, text: number },
      unit === '' ? 'base' : unit.endsWith('%') ? 'percent' : 'quote',
    )
  },
}
