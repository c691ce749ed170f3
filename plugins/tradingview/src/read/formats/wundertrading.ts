import { isFormatText } from '../dialects/text.ts'
import type { Format } from './format.ts'
import { amountIn, GENERIC_NAMES } from './generic.ts'

/**
 * WunderTrading (help.wundertrading.com, "TradingView signal bot"): `EXIT-LONG_Bybit_ETHUSDT_ETH-USDT_15M_<code>`,
 * alone or in the field `code` of JSON. Its parts become the fields `action`, `exchange`, `ticker`, `pair` (or `name`,
 * where it is none), `interval` and `code`; the last is the secret. `ENTER-LONG`, `EXIT-LONG`, `ENTER-SHORT`,
 * `EXIT-SHORT` and `EXIT-ALL` are the actions. The amount is a setting of its bots; in JSON it is `amountPerTrade`, in
 * the quote currency.
 */
export const wundertrading: Format = {
  name: 'wundertrading',
  names: { ...GENERIC_NAMES, otherAction: [] },
  secrets: ['code'],
  recognises: (index) => [index.values['text'], index.values['code']].some(isWunderText),
  prepare(fields) {
    const { text, code, ...others } = fields.values
    const found = [code, text].find(isWunderText)
    if (typeof found !== 'string') return fields
    const [action = '', exchange = '', ticker = '', ...rest] = found.trim().split('_')
    const secret = rest.pop() ?? ''
    const interval = rest.pop()
    const name = rest.join('_')
    return {
      dialect: fields.dialect,
      values: {
        ...others,
        action,
        exchange,
        ticker,
        ...(name === '' ? {} : { [/^[A-Z0-9]+[-/][A-Z0-9]+$/i.test(name) ? 'pair' : 'name']: name }),
        ...(interval === undefined ? {} : { interval }),
        code: secret,
      },
    }
  },
  amount: (index) => amountIn(index, ['amountpertrade'], 'quote'),
}

function isWunderText(value: unknown): boolean {
  return typeof value === 'string' && isFormatText(value.trim())
}
