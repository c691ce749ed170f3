import type { JsonObject } from '@botbus/plugin'
import { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
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
    assertMarketOrder(signal)
    const more = fill(signal)
    const type = sideOf(signal)
    const amount = Object.hasOwn(more, 'amount') ? positive(more) : amountOf(signal)
    return { ...more, type, amount }
  }
}

/** `orderType`, `ORDER_TYPE`, `order_type`: an alert that asks for another type must not become a market order. */
function assertMarketOrder({ fields }: Signal): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name.replace(/[^a-z]/gi, '').toLowerCase() !== 'ordertype' || typeof value !== 'string') continue
    if (value === '' || value.toLowerCase() === 'market') continue
    throw new AlertError('INVALID_FIELD', `${name} is ${shorten(value)}, and order.market places market orders only`)
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
