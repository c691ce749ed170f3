import type { Fields } from '../../signal.ts'
import { MAX_KEYS } from '../dialect.ts'
import { unreadable } from '../unreadable.ts'
import { setField } from './cells.ts'

const PAIR = /^([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/

/**
 * Between pairs: a line break, `;`, or a line break that was escaped twice on its way and arrives as a literal
 * backslash and letter (`EXCHANGE=KUCOIN;\r\nSYMBOL=...`, seen with OctoBot) where another pair or the end follows.
 */
const SEPARATOR = /;|\r\n|\n|\r|(?:\\r)?\\n(?=[ \t]*(?:$|[;\r\n\\]|[A-Za-z_][A-Za-z0-9_.-]*[ \t]*=))/

/** `name=value` on lines of their own or between `;`; one line of them may also be cut by commas. One alert a body. */
export function readKeyValue(text: string): readonly Fields[] {
  const values: Record<string, string> = {}
  for (const [index, piece] of pieces(text).entries()) {
    const pair = PAIR.exec(piece)
    const name = pair?.[1]
    if (pair === null || name === undefined) throw unreadable(`part ${index + 1} of the text is not name=value`)
    setField(values, name, piece.slice(pair[0].length))
  }
  return [{ dialect: 'key-value', values }]
}

/** Whether all of the text is pairs, at least one. A single one with `|` in it is the first of several cells. */
export function isKeyValue(text: string): boolean {
  if (!text.includes('=')) return false
  const parts = pieces(text)
  return parts.every((part) => PAIR.test(part)) && !(parts.length === 1 && text.includes('|'))
}

function pieces(text: string): readonly string[] {
  const parts = filled(text.split(SEPARATOR))
  const only = parts[0]
  if (parts.length !== 1 || only === undefined || !only.includes(',')) return parts
  const cells = filled(only.split(','))
  return cells.every((cell) => PAIR.test(cell)) ? cells : parts
}

function filled(parts: readonly string[]): readonly string[] {
  const found = parts.map((part) => part.trim()).filter((part) => part !== '')
  if (found.length > MAX_KEYS) throw unreadable(`the alert has more than ${MAX_KEYS} fields`)
  return found
}
