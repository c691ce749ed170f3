import type { JsonValue } from '@botbus/plugin'
import { AlertError } from '../alert-error.ts'
import type { Fields, Intent, Market, Signal } from '../signal.ts'
import { type ActionWord, actionWord } from './action-words.ts'
import { decimal, positiveDecimal } from './decimals.ts'
import { exchangeName } from './exchanges.ts'
import { type FieldIndex, normaliseName } from './field-index.ts'
import { prepare } from './formats/choose-format.ts'
import type { AlertFormat, Format, Names } from './formats/format.ts'
import { intentOf, joinActions } from './intents.ts'
import { isSide, type Position, readPosition } from './positions.ts'
import { withoutSecrets } from './secret-of.ts'
import { findMarket, type SymbolTable } from './symbols.ts'
import { readTime } from './times.ts'

export type { AlertFormat } from './formats/format.ts'

export interface SignalOptions {
  readonly format: AlertFormat
  /**
   * The fields that hold the secret where they are not the usual ones: taken out of `Signal.fields`. A dot leads into
   * an object.
   */
  readonly secretFields?: readonly string[] | undefined
  /** The route's own table of symbols. */
  readonly symbols?: SymbolTable | undefined
  /** The exchange of alerts that name none, as TradingView calls it: `BINANCE`. */
  readonly exchange?: string | undefined
}

/**
 * One alert in one shape, whoever invented its format. What the alert does not say is missing, `market` also where the
 * symbol is not known: a rule that needs the market asks `resolveMarket`, which throws the reason. Throws AlertError
 * INVALID_FIELD for an amount, a time or a position that is there and none, and for fields that contradict each other.
 */
export function toSignal(fields: Fields, options: SignalOptions): Signal {
  const { format, index } = prepare(fields, options.format)
  const { names } = format
  const own = format.action?.(index)
  const unknown = own === undefined ? unknownAction(index) : undefined
  const action = own ?? (unknown === undefined ? namedAction(format, index) : undefined)
  const amount = format.amount(index)
  const before = positionIn(index, names.before, names.beforeSize)
  const after = positionIn(index, names.after, names.afterSize)
  const contracts = amount === undefined || amount.unit === 'percent' ? undefined : decimal(amount.value)
  const isTold = unknown === undefined || (isChange(before, after) && !CANCELS.test(unknown))
  const intent = isTold ? reduceOnly(intentOf({ action, before, after, contracts }), index) : undefined
  const time = index.find(names.time)
  const signal: Signal = present({
    format: format.name,
    fields: withoutSecrets(index.values, format, options.secretFields),
    id: index.find(names.id)?.text,
    time: time === undefined ? undefined : readTime(time),
    ...tickerIn(format, index, options),
    intent,
    amount,
    price: decimalIn(index, names.price),
    stopLoss: decimalIn(index, names.stopLoss),
    takeProfit: decimalIn(index, names.takeProfit),
    interval: index.find(names.interval)?.text,
    comment: index.find(names.comment)?.text,
    botAction: action?.botAction,
  })
  const market = marketOf(signal, options.symbols)
  return market === undefined ? signal : { ...signal, market }
}

const ACTION_FIELDS = ['action', 'orderaction', 'strategyorderaction']
const CANCELS = /cancel/i

/**
 * The action of an alert that is no word for an order, such as `cancel`: another field with a side (`side: buy`) must not make an order of
 * it. Only a change of position, told by both positions, stands for itself.
 */
function unknownAction(index: FieldIndex): string | undefined {
  return index.all(ACTION_FIELDS).find(({ text }) => actionWord(text) === undefined)?.text
}

function isChange(before: Position, after: Position): boolean {
  return before.side !== undefined && after.side !== undefined
}

function namedAction(format: Format, index: FieldIndex): ActionWord | undefined {
  const words = wordsIn(index, format.names.action)
  const [first, ...others] = words.length > 0 ? words : wordsIn(index, format.names.otherAction).slice(0, 1)
  return first === undefined ? undefined : others.reduce(joinActions, first)
}

function wordsIn(index: FieldIndex, names: Names['action']): readonly ActionWord[] {
  return index
    .all(names)
    .map(({ text }) => actionWord(text))
    .filter((word) => word !== undefined)
}

function positionIn(index: FieldIndex, sides: readonly string[], sizes: readonly string[]): Position {
  // `position` and `sentiment` hold other things as well: only a side counts there.
  const side = index.all(sides).find(({ name, text }) => isSide(text) || normaliseName(name).endsWith('marketposition'))
  const size = index.find(sizes)
  // Without a side, a size such as `5%` is no position.
  return side === undefined && size !== undefined && decimal(size.text) === undefined ? {} : readPosition(side, size)
}

/** An order that may only reduce sells what is long and buys back what is short. */
function reduceOnly(intent: Intent | undefined, index: FieldIndex): Intent | undefined {
  if (intent?.kind !== 'open' || intent.order === undefined || !isTrue(index.value('reduceonly'))) return intent
  return { kind: 'reduce', order: intent.order, position: intent.order === 'sell' ? 'long' : 'short' }
}

/** Senders write booleans as text: `"false"` is false. */
function isTrue(value: JsonValue | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value.trim()))
}

function tickerIn(format: Format, index: FieldIndex, options: SignalOptions): { ticker?: string; exchange?: string } {
  const named = index.find(format.names.exchange)
  const text = (format.ticker?.(index) ?? index.find(format.names.ticker)?.text)?.toUpperCase()
  const [, prefix, rest] = /^([A-Z0-9_]{1,30}):(.+)$/.exec(text ?? '') ?? []
  const exchange = named === undefined ? undefined : exchangeName(named.text)
  const own = prefix === undefined ? undefined : exchangeName(prefix)
  if (named !== undefined && own !== undefined && exchange !== own) {
    throw new AlertError('INVALID_FIELD', `the symbol names the exchange ${own}, but ${named.name} another`)
  }
  return present({
    ticker: rest ?? text,
    exchange: own ?? exchange ?? options.exchange?.toUpperCase() ?? format.exchange,
  })
}

/** The first of these that is a positive decimal. */
function decimalIn(index: FieldIndex, names: readonly string[]): string | undefined {
  for (const { text } of index.all(names)) {
    const value = positiveDecimal(text)
    if (value !== undefined) return value
  }
  return undefined
}

function marketOf(signal: Signal, symbols: SymbolTable | undefined): Market | undefined {
  if (signal.ticker === undefined) return undefined
  const result = findMarket(signal, symbols)
  return typeof result === 'string' ? undefined : result
}

type Present<Shape> = { [Key in keyof Shape]: Exclude<Shape[Key], undefined> }

/** Without the properties that are undefined: what the alert does not say is missing. */
function present<Shape extends object>(shape: Shape): Present<Shape> {
  const kept: Partial<Shape> = {}
  for (const key of Object.keys(shape) as (keyof Shape)[]) {
    if (shape[key] !== undefined) kept[key] = shape[key]
  }
  return kept as Present<Shape>
}
