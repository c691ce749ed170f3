import type { AlertFormat } from '../read/to-signal.ts'
import type { ValueName } from './values.ts'

/** How a message can be written. */
export const STYLES = ['json', 'key-value', 'traderspost', '3commas', 'okx', 'octobot', 'pineconnector'] as const

export type Style = (typeof STYLES)[number]

/** A field of the message: its name (a dot leads into an object), and what stands there. */
export type Field = readonly [name: string, value: ValueName | { readonly text: string }]

export interface Layout {
  readonly format: Exclude<AlertFormat, 'auto'>
  /** How the fields are written down. */
  readonly writing: 'json' | 'key-value' | 'csv'
  readonly fields: readonly Field[]
}

const GENERIC: readonly Field[] = [
  ['secret', 'secret'],
  ['id', 'id'],
  ['timenow', 'time'],
  ['exchange', 'exchange'],
  ['ticker', 'ticker'],
  ['pair', 'pair'],
  ['interval', 'interval'],
  ['action', 'action'],
  ['amount', 'amount'],
  ['price', 'price'],
  ['market_position', 'position'],
  ['market_position_size', 'positionSize'],
  ['prev_market_position', 'positionBefore'],
  ['prev_market_position_size', 'positionSizeBefore'],
]

/** The fields of each style. Names that its inventor does not know (`exchange`, `alert_id`) are added where we need them. */
export const LAYOUTS: Readonly<Record<Style, Layout>> = {
  json: { format: 'generic', writing: 'json', fields: GENERIC },
  'key-value': { format: 'generic', writing: 'key-value', fields: GENERIC },
  traderspost: {
    format: 'traderspost',
    writing: 'json',
    fields: [
      ['secret', 'secret'],
      ['id', 'id'],
      ['exchange', 'exchange'],
      ['ticker', 'ticker'],
      ['pair', 'pair'],
      ['action', 'action'],
      ['sentiment', 'position'],
      ['prev_market_position', 'positionBefore'],
      ['quantity', 'amount'],
      ['quantityType', { text: 'fixed_quantity' }],
      ['price', 'price'],
      ['time', 'time'],
      ['interval', 'interval'],
    ],
  },
  '3commas': {
    format: '3commas',
    writing: 'json',
    fields: [
      ['secret', 'secret'],
      ['alert_id', 'id'],
      ['bot_uuid', { text: 'botbus' }],
      ['timestamp', 'time'],
      ['trigger_price', 'price'],
      ['tv_exchange', 'exchange'],
      ['tv_instrument', 'ticker'],
      ['pair', 'pair'],
      ['action', 'action'],
      ['strategy_info.market_position', 'position'],
      ['strategy_info.market_position_size', 'positionSize'],
      ['strategy_info.prev_market_position', 'positionBefore'],
      ['strategy_info.prev_market_position_size', 'positionSizeBefore'],
      ['order.amount', 'amount'],
      ['order.currency_type', { text: 'base' }],
    ],
  },
  okx: {
    format: 'okx',
    writing: 'json',
    fields: [
      ['signalToken', 'secret'],
      ['alert_id', 'id'],
      ['action', 'action'],
      ['marketPosition', 'position'],
      ['prevMarketPosition', 'positionBefore'],
      ['marketPositionSize', 'positionSize'],
      ['prevMarketPositionSize', 'positionSizeBefore'],
      ['exchange', 'exchange'],
      ['instrument', 'ticker'],
      ['pair', 'pair'],
      ['price', 'price'],
      ['timestamp', 'time'],
      ['investmentType', { text: 'base' }],
      ['amount', 'amount'],
    ],
  },
  octobot: {
    format: 'octobot',
    writing: 'key-value',
    fields: [
      ['TOKEN', 'secret'],
      ['ALERT_ID', 'id'],
      ['TIMENOW', 'time'],
      ['EXCHANGE', 'exchange'],
      ['SYMBOL', 'ticker'],
      ['SIGNAL', 'action'],
      ['VOLUME', 'amount'],
      ['PRICE', 'price'],
      ['MARKET_POSITION', 'position'],
      ['PREV_MARKET_POSITION', 'positionBefore'],
    ],
  },
  pineconnector: {
    format: 'pineconnector',
    writing: 'csv',
    fields: [
      ['', 'secret'],
      ['', 'action'],
      ['', 'ticker'],
      ['vol_lots', 'amount'],
      ['exchange', 'exchange'],
      ['alert_id', 'id'],
      ['timenow', 'time'],
      ['market_position', 'position'],
      ['prev_market_position', 'positionBefore'],
    ],
  },
}
