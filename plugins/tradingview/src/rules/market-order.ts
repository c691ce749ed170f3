import type { JsonObject } from '@botbus/plugin'
import { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
import { CONTAINERS, normaliseName } from '../read/field-index.ts'
import type { Signal } from '../signal.ts'
import { decimalText } from './convert.ts'
import { compileObject, shorten } from './template.ts'

export const MARKET_ORDER_EVENT = 'order.market'

/**
 * The data of the event `order.market`: the side of the intent and the amount of the alert, both as text. `extra` is added;
 * an `amount` in it replaces that of the alert.
 */
export function compileMarketOrder(extra: JsonObject): (signal: Signal) => JsonObject {
  const fill = compileObject(extra)
  return (signal) => {
    assertMarketOrder(signal.fields)
    const more = fill(signal)
    const type = sideOf(signal)
    const amount = Object.hasOwn(more, 'amount') ? positive(more) : amountOf(signal)
    return { ...more, type, amount }
  }
}

const WAITS_FOR_A_PRICE = /limit|stop|trail|oco|iceberg/i

/**
 * `orderType`, `ORDER_TYPE`, `order_type`, and `type` where it names such an order: an alert that wants another order than one
 * at market must not become one. Also in the objects that senders put fields into.
 */
function assertMarketOrder(fields: JsonObject, path = ''): void {
  for (const [name, value] of Object.entries(fields)) {
    const plain = normaliseName(name)
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && CONTAINERS.includes(plain)) {
      assertMarketOrder(value as JsonObject, `${path}${name}.`)
    }
    if (typeof value !== 'string' || value === '' || value.toLowerCase() === 'market') continue
    if (plain === 'ordertype' || (plain === 'type' && WAITS_FOR_A_PRICE.test(value))) {
      throw new AlertError(
        'INVALID_FIELD',
        `${path}${name} is ${shorten(value)}, and order.market places market orders only`,
      )
    }
  }
}

function sideOf({ intent, botAction }: Signal): 'buy' | 'sell' {
  if (intent?.order !== undefined) return intent.order
  if (intent !== undefined) {
    throw new AlertError(
      'INVALID_FIELD',
      `the alert asks for ${intent.kind}, but does not say whether that is a buy or a sell`,
    )
  }
  const hint =
    botAction === undefined ? '' : `; it asks to ${botAction} a bot, which a rule with the preset bot.action does`
  throw new AlertError('INVALID_FIELD', `the alert does not say what to buy or sell${hint}`)
}

function amountOf({ amount }: Signal): string {
  if (amount === undefined) throw new AlertError('INVALID_FIELD', 'the alert has no amount, which a market order needs')
  if (amount.unit === 'base' || amount.unit === 'contracts') return assertPositive(amount.value)
  throw new AlertError(
    'INVALID_FIELD',
    `the amount is in ${amount.unit}, and a market order needs it in the base currency or in contracts`,
  )
}

function positive({ amount }: JsonObject): string {
  const text = decimalText(amount)
  if (text !== undefined) return assertPositive(text)
  throw new AlertError('INVALID_FIELD', `the amount must be a decimal, found ${shorten(amount ?? null)}`)
}

function assertPositive(value: string): string {
  const decimal = decimalText(value) === undefined ? undefined : new Decimal(value)
  if (decimal?.isFinite() && decimal.greaterThan(0)) return decimal.toFixed()
  throw new AlertError('INVALID_FIELD', `the amount must be greater than 0, found ${shorten(value)}`)
}
