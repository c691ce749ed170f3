import type { JsonValue } from '@botbus/plugin'
import type { Signal } from '../signal.ts'

/** Finds one value of a signal. */
export type Lookup = (signal: Signal) => JsonValue | undefined

/** Fields that say what to do, in the words of the formats that people use; the first that is there is `action`. */
const ACTION_FIELDS = [
  'action',
  'strategy.order.action',
  'strategy-order-action',
  'order_action',
  'side',
  'signal',
  'direction',
  'type',
] as const

const NAMES: Readonly<Record<string, Lookup>> = {
  action: actionOf,
  format: (signal) => signal.format,
  id: (signal) => signal.id,
  time: (signal) => signal.time,
  ticker: (signal) => signal.ticker,
  exchange: (signal) => signal.exchange,
  'market.connector': (signal) => signal.market?.connector,
  'market.pair': (signal) => signal.market?.pair,
  'market.base': (signal) => signal.market?.pair.split('-')[0],
  'market.quote': (signal) => signal.market?.pair.split('-')[1],
  /** `btc_usdt` */
  'market.slug': (signal) => signal.market?.pair.toLowerCase().replace('-', '_'),
  'intent.kind': (signal) => signal.intent?.kind,
  'intent.order': (signal) => signal.intent?.order,
  'intent.position': (signal) => signal.intent?.position,
  amount: (signal) => signal.amount?.value,
  'amount.value': (signal) => signal.amount?.value,
  'amount.unit': (signal) => signal.amount?.unit,
  price: (signal) => signal.price,
  stopLoss: (signal) => signal.stopLoss,
  takeProfit: (signal) => signal.takeProfit,
  interval: (signal) => signal.interval,
  comment: (signal) => signal.comment,
  botAction: (signal) => signal.botAction,
}

/** What is accepted as the name of a value, for messages. */
export const ACCEPTED_PATHS: string = `${Object.keys(NAMES).join(', ')}, fields.NAME`

/** The values whose text the alert is free to choose: they never pick a topic by themselves. */
export function isFreeText(path: string): boolean {
  return path.startsWith('fields.') || path === 'comment' || path === 'id' || path === 'action'
}

/** The way to a value, or undefined where the name is unknown. */
export function compilePath(path: string): Lookup | undefined {
  if (Object.hasOwn(NAMES, path)) return NAMES[path]
  if (!/^fields\.[^.{}|]+(\.[^.{}|]+)*$/.test(path)) return undefined
  const rest = path.slice('fields.'.length)
  return (signal) => valueAt(signal.fields, rest)
}

/** A key may itself contain dots (`strategy.order.action=buy`): the whole rest counts before its first part does. */
function valueAt(value: JsonValue, path: string): JsonValue | undefined {
  const whole = own(value, path)
  const dot = path.indexOf('.')
  if (whole !== undefined || dot === -1) return whole
  const inner = own(value, path.slice(0, dot))
  return inner === undefined ? undefined : valueAt(inner, path.slice(dot + 1))
}

function own(value: JsonValue, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return /^\d{1,6}$/.test(key) ? (value as readonly JsonValue[])[Number(key)] : undefined
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, JsonValue>>)[key] : undefined
}

function actionOf({ fields }: Signal): JsonValue | undefined {
  for (const name of ACTION_FIELDS) {
    const value = valueAt(fields, name)
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}
