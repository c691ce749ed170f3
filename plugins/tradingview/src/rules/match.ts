import type { JsonValue } from '@botbus/plugin'
import { Decimal } from 'decimal.js'
import { RE2JS } from 're2js'
import type { Signal } from '../signal.ts'
import { decimalText, readBoolean } from './convert.ts'
import { ACCEPTED_PATHS, compilePath } from './paths.ts'
import { shorten } from './template.ts'

export type Scalar = string | number | boolean

/** What a value must be. All that is given must hold. */
export interface Test {
  /** One of these. */
  readonly in?: readonly Scalar[] | undefined
  /** None of these; holds where there is no value. */
  readonly not?: Scalar | readonly Scalar[] | undefined
  /** A regular expression (RE2: linear time, no back-references) that is found in the text; `^` and `$` pin it down. */
  readonly matches?: string | undefined
  /** A decimal beyond this one. */
  readonly above?: Scalar | undefined
  readonly below?: Scalar | undefined
  /** There is a value, or there is none. Empty text is none. */
  readonly exists?: boolean | undefined
}

/** Paths with what must be there. */
export type When = Readonly<Record<string, Scalar | Test>>

/** A condition that did not hold. */
interface Failure {
  readonly path: string
  /** `undefined` where the alert has no such value. */
  readonly found: JsonValue | undefined
  /** In words: `one of "a", "b"`. */
  readonly wanted: string
}

export interface Matcher {
  /** The first condition that does not hold, or undefined where all do. */
  firstFailure(signal: Signal): Failure | undefined
}

type Holds = (found: JsonValue | undefined) => boolean

/**
 * Compiles the conditions of a rule. Text is compared without regard to case, as formats write `buy`, `BUY` and `Buy`; numbers by
 * value, so that 1 equals `1.0`; true and false by meaning. Throws a `TypeError` for what `whenProblem` refuses.
 */
export function compileWhen(when: When = {}): Matcher {
  const conditions = Object.entries(when).map(([path, wanted]) => {
    const lookup = compilePath(path)
    if (!lookup) throw new TypeError(unknownPath(path))
    return { path, lookup, tests: compileTest(wanted) }
  })
  return {
    firstFailure(signal) {
      for (const { path, lookup, tests } of conditions) {
        const found = lookup(signal)
        for (const { holds, wanted } of tests) if (!holds(found)) return { path, found, wanted }
      }
      return undefined
    },
  }
}

/** What is wrong with the conditions of a rule, or undefined. */
export function whenProblem(path: string, wanted: Scalar | Test): string | undefined {
  if (!compilePath(path)) return unknownPath(path)
  if (typeof wanted !== 'object') return undefined
  if (Object.values(wanted).every((value) => value === undefined))
    return 'accepted: a value, or a section with one test at least'
  for (const bound of [wanted.above, wanted.below]) {
    if (bound !== undefined && decimalText(bound) === undefined) return 'accepted for above and below: a decimal'
  }
  return wanted.matches === undefined ? undefined : regexProblem(wanted.matches)
}

/** Why RE2 does not take the expression, or undefined. */
function regexProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern)
    return undefined
  } catch {
    // Whatever the library throws, the expression cannot be used.
    return `${shorten(pattern)} is no regular expression of RE2; accepted: one without back-references and look-around`
  }
}

function unknownPath(path: string): string {
  return `${shorten(path)} names what no alert has; accepted: ${ACCEPTED_PATHS}`
}

interface CompiledTest {
  readonly holds: Holds
  readonly wanted: string
}

function compileTest(test: Scalar | Test): readonly CompiledTest[] {
  if (typeof test !== 'object') return [{ holds: equalTo(test), wanted: shorten(test) }]
  const tests: CompiledTest[] = []
  const { in: list, not, matches, above, below, exists } = test
  if (exists !== undefined) {
    tests.push({ holds: (found) => isThere(found) === exists, wanted: exists ? 'any value' : 'no value' })
  }
  if (list !== undefined) tests.push({ holds: oneOf(list), wanted: `one of ${listed(list)}` })
  if (not !== undefined) {
    const values = typeof not === 'object' ? not : [not]
    const unwanted = oneOf(values)
    tests.push({ holds: (found) => !unwanted(found), wanted: `none of ${listed(values)}` })
  }
  if (matches !== undefined) tests.push({ holds: matching(matches), wanted: `text that matches ${shorten(matches)}` })
  if (above !== undefined) tests.push({ holds: bounded(above, 1), wanted: `a number above ${above}` })
  if (below !== undefined) tests.push({ holds: bounded(below, -1), wanted: `a number below ${below}` })
  return tests
}

function listed(values: readonly Scalar[]): string {
  return values.map(shorten).join(', ')
}

function isThere(found: JsonValue | undefined): boolean {
  return found !== undefined && found !== null && found !== ''
}

function oneOf(values: readonly Scalar[]): Holds {
  const tests = values.map(equalTo)
  return (found) => tests.some((holds) => holds(found))
}

function equalTo(wanted: Scalar): Holds {
  if (typeof wanted === 'boolean') return (found) => readBoolean(found) === wanted
  if (typeof wanted === 'number') return comparing(wanted, (order) => order === 0)
  const lower = wanted.trim().toLowerCase()
  return (found) => textOf(found)?.trim().toLowerCase() === lower
}

function textOf(found: JsonValue | undefined): string | undefined {
  if (typeof found === 'string') return found
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined
}

function matching(pattern: string): Holds {
  const expression = RE2JS.compile(pattern)
  return (found) => {
    const text = textOf(found)
    return text !== undefined && expression.matcher(text).find()
  }
}

function bounded(bound: Scalar, sign: 1 | -1): Holds {
  return comparing(bound, (order) => order === sign)
}

function comparing(bound: Scalar, accepts: (order: number) => boolean): Holds {
  const decimal = new Decimal(decimalText(bound) ?? Number.NaN)
  return (found) => {
    const text = decimalText(found)
    return text !== undefined && accepts(new Decimal(text).comparedTo(decimal))
  }
}
