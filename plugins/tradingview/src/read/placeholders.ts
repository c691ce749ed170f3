import type { JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { Fields } from '../signal.ts'

/** A placeholder of TradingView that was not filled in. Without flags that keep state, so that it can be shared. */
export const PLACEHOLDER: RegExp = /\{\{[^{}]{0,60}\}\}/

/**
 * Throws PLACEHOLDER when a name or a value still holds a `{{placeholder}}`, naming both. TradingView fills
 * placeholders in the message of an alert dialog only. Inside Pine's `alert()` and `alert_message` they stay as they
 * are: there the script must join the values itself, as with `str.tostring(close)`. A misspelt name
 * (`{{strategy.order.size}}`) stays as well.
 */
export function assertNoPlaceholders(fields: Fields): void {
  check(fields.values, '')
}

function check(value: JsonValue, path: string): void {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return
    const found = PLACEHOLDER.exec(value)
    if (found === null) return
    throw new AlertError(
      'PLACEHOLDER',
      `${path} holds ${found[0]}, which TradingView did not fill in: it is misspelt, or the text comes from alert() in Pine, which fills none`,
    )
  }
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(item, `${path}[${index}]`)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    const found = name.includes('{{') ? PLACEHOLDER.exec(name) : null
    if (found !== null) {
      throw new AlertError('PLACEHOLDER', `a field name holds ${found[0]}, which TradingView did not fill in`)
    }
    check(item, path === '' ? name : `${path}.${name}`)
  }
}
