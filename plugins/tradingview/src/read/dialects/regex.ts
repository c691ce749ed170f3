import { RE2JS } from 're2js'
import type { Fields } from '../../signal.ts'
import { unreadable } from '../unreadable.ts'
import { setField } from './cells.ts'

/** A pattern of a route. Compiled once: the cache goes with the configuration object. */
interface Pattern {
  readonly regex: string
}

/** RE2 takes about 1 us for each character. */
const MAX_TEXT = 32_768

const compiled = new WeakMap<Pattern, RE2JS>()

/**
 * Reads the named groups of a pattern: `^(?P<action>BUY|SELL)_(?P<exchange>[^_]+)_(?P<pair>[^_]+)_(?P<amount>.+)$`. The
 * pattern may match anywhere unless it is anchored; groups that took no part are left out. RE2 runs in linear time,
 * whatever the pattern and the text; the text has 32,768 characters at most. Throws UNREADABLE when nothing matches,
 * and what `compilePattern` throws.
 */
export function readRegex(text: string, pattern: Pattern): readonly Fields[] {
  if (text.length > MAX_TEXT)
    throw unreadable(`the text has more than the ${MAX_TEXT} characters that a pattern is tried on`)
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    expression = compilePattern(pattern.regex)
    compiled.set(pattern, expression)
  }
  const matcher = expression.matcher(text)
  if (!matcher.find()) throw unreadable("the text does not match the route's pattern")
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(matcher.getNamedGroups())) {
    if (typeof value === 'string') setField(values, name, value.trim())
  }
  return [{ dialect: 'regex', values }]
}

/**
 * Compiles the pattern of a route. Throws a `SyntaxError` when it is none, uses what RE2 leaves out (look-around,
 * back-references), or has no named group: check it when the configuration is read.
 */
export function compilePattern(regex: string): RE2JS {
  let expression: RE2JS
  try {
    expression = RE2JS.compile(regex)
  } catch (error) {
    throw new SyntaxError('the pattern is not RE2 syntax (no look-around, no back-references)', { cause: error })
  }
  if (Object.keys(expression.namedGroups()).length === 0) {
    throw new SyntaxError('the pattern has no named group such as (?P<action>...)')
  }
  return expression
}
