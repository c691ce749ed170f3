import { AlertError } from '../../alert-error.ts'
import { PLACEHOLDER } from '../placeholders.ts'
import { quote, unreadable } from '../unreadable.ts'

const NOT_A_NUMBER = /-?(?:NaN|Infinity|nan|na|NA|inf|None|undefined)(?![A-Za-z0-9_])/y
const BOOLEAN = /(?:True|False|TRUE|FALSE|Null|NULL)(?![A-Za-z0-9_])/y

/**
 * Why no JSON value begins here, in words that name the field: most broken alerts are templates with an unquoted
 * placeholder, which TradingView filled with nothing or with NaN. Nothing is repaired: an amount that is not there is
 * not 0.
 */
export function valueTrouble(text: string, at: number, field: string | undefined): AlertError {
  const name = field === undefined ? 'a value' : quote(field)
  const found = text[at]
  if (found === undefined) return unreadable('the JSON ends too early')
  if (found === ',' || found === '}' || found === ']') {
    return unreadable(
      `${name} is empty: a strategy placeholder has a value in strategy alerts only; put it in quotation marks`,
    )
  }
  NOT_A_NUMBER.lastIndex = at
  const word = NOT_A_NUMBER.exec(text)?.[0]
  if (word !== undefined) {
    return unreadable(`${name} is ${word}, which is no JSON: TradingView had no value for this placeholder`)
  }
  BOOLEAN.lastIndex = at
  const other = BOOLEAN.exec(text)?.[0]
  if (other !== undefined) return unreadable(`${name} is ${other}: JSON writes it in lower case`)
  const placeholder = found === '{' ? PLACEHOLDER.exec(text.slice(at, at + 80)) : null
  if (placeholder?.index === 0) {
    return new AlertError('PLACEHOLDER', `${name} holds ${placeholder[0]}, which TradingView did not fill in`)
  }
  if (found === "'") return unreadable(`${name} stands in single quotation marks`)
  return unreadable(`${name} holds text without quotation marks`)
}
