import type { Amount, Fields } from '../../signal.ts'
import type { ActionWord } from '../action-words.ts'
import type { FieldIndex } from '../field-index.ts'

/** Who invented the format of an alert; `auto` finds it out by the fields. */
export type AlertFormat =
  | 'auto'
  | 'generic'
  | 'traderspost'
  | '3commas'
  | 'okx'
  | 'pineconnector'
  | 'octobot'
  | 'wundertrading'

/** Where to look for what: normalised names (`normaliseName`), the first that is there wins. */
export interface Names {
  /** All that are there must agree. */
  readonly action: readonly string[]
  /** Looked at where no `action` is: they hold other things as well. */
  readonly otherAction: readonly string[]
  readonly ticker: readonly string[]
  readonly exchange: readonly string[]
  readonly id: readonly string[]
  readonly time: readonly string[]
  readonly price: readonly string[]
  readonly stopLoss: readonly string[]
  readonly takeProfit: readonly string[]
  readonly interval: readonly string[]
  readonly comment: readonly string[]
  /** `strategy.market_position`: the position after the order. */
  readonly after: readonly string[]
  readonly afterSize: readonly string[]
  /** `strategy.prev_market_position`: the position before the order. */
  readonly before: readonly string[]
  readonly beforeSize: readonly string[]
}

/** One format of alerts. */
export interface Format {
  readonly name: Exclude<AlertFormat, 'auto'>
  readonly names: Names
  /** Normalised names of the fields that may hold the secret, outermost level. */
  readonly secrets: readonly string[]
  /** Whether an alert without a named format is one of these. */
  recognises(index: FieldIndex): boolean
  /** Gives names to what the format knows by its place. Never throws. */
  prepare?(fields: Fields): Fields
  /** What the words say where the format differs from all others; `undefined` falls back to the names. */
  action?(index: FieldIndex): ActionWord | undefined
  /** The amount. Throws INVALID_FIELD when it is there and none. */
  amount(index: FieldIndex): Amount | undefined
  /** The ticker where it needs rewriting; `undefined` falls back to the names. */
  ticker?(index: FieldIndex): string | undefined
  /** The exchange of alerts that name none: that of the format's inventor. */
  readonly exchange?: string
}
