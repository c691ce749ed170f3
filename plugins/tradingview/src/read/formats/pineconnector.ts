import type { Fields } from '../../signal.ts'
import { normaliseName } from '../field-index.ts'
import type { Format } from './format.ts'
import { amountIn, GENERIC_NAMES } from './generic.ts'

const COMMANDS: ReadonlySet<string> = new Set(
  (
    'buy sell buystop buylimit sellstop selllimit closelong closeshort closelongshort closeall closealleaoff closelongbuy ' +
    'closelongsell closeshortbuy closeshortsell closelongpct closeshortpct closelongvol closeshortvol cancellong ' +
    'cancelshort newsltplong newsltpshort newsltpbuystop newsltpbuylimit newsltpsellstop newsltpselllimit eaoff eaon'
  ).split(' '),
)

/**
 * PineConnector (docs.pineconnector.com, "Syntax"): `license,command,symbol,name=value,...`. The first three are known
 * by their place and become the fields `license`, `action` and `ticker`. `secret=` is the secret; the license is
 * accepted as one, too, where it is long enough to be one. `vol_lots` is an amount in contracts; `risk`, `sl` and `tp`
 * depend on the settings of its expert advisor and stay among the fields. `eaon` and `eaoff` start and stop the bot.
 * Pending orders (`buylimit`, `buystop`) have no intent.
 */
export const pineconnector: Format = {
  name: 'pineconnector',
  names: { ...GENERIC_NAMES, otherAction: [], stopLoss: [], takeProfit: [] },
  secrets: ['secret', 'license'],
  recognises: (index) => index.dialect === 'csv' && COMMANDS.has(normaliseName(index.texts(['column2'])[0] ?? '')),
  prepare(fields) {
    const { column1, column2, column3, ...others } = fields.values
    if (column1 === undefined || column2 === undefined) return fields
    const values: Record<string, Fields['values'][string]> = { license: column1, action: column2 }
    // Commands to the advisor itself repeat themselves where the symbol stands: `license,eaon,eaon`.
    if (column3 !== undefined && column3 !== column2) values['ticker'] = column3
    return { dialect: fields.dialect, values: { ...values, ...others } }
  },
  amount: (index) => amountIn(index, ['vollots'], 'contracts'),
}
