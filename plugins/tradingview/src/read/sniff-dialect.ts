import { isKeyValue } from './dialects/key-value.ts'
import { isFormatText } from './dialects/text.ts'

/** What `sniffDialect` finds; `text` is a text that one of the formats takes apart by itself (WunderTrading). */
export type SniffedDialect = 'json' | 'key-value' | 'csv' | 'pipes' | 'text'

const JSON_START = /^(?:[{["]|(?:null|true|false|-?[0-9][0-9.eE+-]*)$)/
const PLACEHOLDERS = /\{\{[^{}]{0,60}\}\}/g

/**
 * Finds out how a text is to be cut; the content type is not asked, as it says `text/plain` for JSON that TradingView
 * could not read itself. In this order: what begins as JSON is JSON, and stays so when it is broken; pairs of
 * `name=value`; a `|`; a WunderTrading text; a comma. Nothing else is guessed: `undefined`.
 */
export function sniffDialect(text: string): SniffedDialect | undefined {
  if (JSON_START.test(text)) return 'json'
  // Braces belong to languages of their own: MyKeys(XBTUSD) { market(side=buy, amount=100); }
  if (/[{}]/.test(text.replace(PLACEHOLDERS, ''))) return undefined
  if (isKeyValue(text)) return 'key-value'
  if (text.includes('|')) return 'pipes'
  if (isFormatText(text)) return 'text'
  return text.includes(',') ? 'csv' : undefined
}
