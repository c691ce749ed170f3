import type { JsonObject, JsonValue } from '@botbus/plugin'
import type { Signal } from '../signal.ts'

/** Finds one value of a signal. */
export type Lookup = (signal: Signal) => JsonValue | undefined

/** Fields that say what to do, in the words of the formats that people use, without case and punctuation; the first that is there counts. */
const ACTION_FIELDS: readonly string[] = [
  'action',
  'strategyorderaction',
  'orderaction',
  'side',
  'signal',
  'direction',
  'type',
]

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

/** The action as it was written, at the top or in the object `data`, where some senders put all they say. */
function actionOf({ fields }: Signal): string | undefined {
  const data = fields['data']
  return actionIn(fields) ?? (isObject(data) ? actionIn(data) : undefined)
}

function actionIn(fields: JsonObject): string | undefined {
  let best = ACTION_FIELDS.length
  let action: string | undefined
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (typeof value !== 'string' || value === '') continue
    const rank = ACTION_FIELDS.indexOf(name.toLowerCase().replace(/[-_. ]/g, ''))
    if (rank === -1 || rank >= best) continue
    best = rank
    action = value
  }
  return action
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
