import type { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
import type { Intent } from '../signal.ts'
import type { ActionWord } from './action-words.ts'
import type { Position } from './positions.ts'

/** All that an alert says about what is to happen. */
export interface IntentParts {
  /** What the words say; those of several fields joined by `joinActions`. */
  readonly action?: ActionWord | undefined
  /** The position before the order was filled: `strategy.prev_market_position`. */
  readonly before?: Position
  /** The position after it: `strategy.market_position`. */
  readonly after?: Position
  /** How many contracts the order has. Believed only where they explain the sizes before and after. */
  readonly contracts?: Decimal | undefined
}

/**
 * What the alert wants. Positions are facts and say more than words: `sell` after which the position is flat has closed
 * a long one. Where the position after the order is not told, the words count alone. Throws INVALID_FIELD when the
 * parts contradict each other: then nobody knows what is meant.
 */
export function intentOf({ action, before = {}, after = {}, contracts }: IntentParts): Intent | undefined {
  const word = action?.intent
  if (after.side === undefined) return word
  const from = before.side === undefined ? earlier(before, after, word?.order, contracts) : before
  const intent = transition(from, after, word?.order)
  if (intent === undefined) return word
  if (action !== undefined && !agree(action, intent)) throw contradiction(from, after, word)
  return intent
}

/** The position before, where its side is not told: from the one after and the order. */
function earlier(before: Position, after: Position, order: Intent['order'], contracts: Decimal | undefined): Position {
  if (order === undefined || after.side === undefined) return {}
  if (after.side === 'flat') return { side: order === 'buy' ? 'short' : 'long' }
  const opposite = after.side === 'long' ? 'short' : 'long'
  const adds = (order === 'buy') === (after.side === 'long')
  if (!adds) return { side: after.side }
  if (after.size === undefined || before.size === undefined || contracts === undefined) return { side: 'flat' }
  if (after.size.minus(contracts).equals(before.size)) return { side: after.side, size: before.size }
  return contracts.minus(after.size).equals(before.size) ? { side: opposite, size: before.size } : { side: 'flat' }
}

/** From one position to the other; `undefined` when that says nothing. */
function transition(before: Position, after: Position, order: Intent['order']): Intent | undefined {
  const { side } = after
  if (side === undefined) return undefined
  if (side === 'flat') return toFlat(before, order)
  const opening = side === 'long' ? 'buy' : 'sell'
  const closing = side === 'long' ? 'sell' : 'buy'
  if (before.side === undefined || before.side === 'flat') return { kind: 'open', order: opening, position: side }
  if (before.side !== side) return { kind: 'reverse', order: opening, position: side }
  const grows = growth(before, after, order === undefined ? undefined : order === opening)
  if (grows === undefined) return undefined
  return grows ? { kind: 'open', order: opening, position: side } : { kind: 'reduce', order: closing, position: side }
}

function toFlat(before: Position, order: Intent['order']): Intent {
  if (before.side === 'long') return { kind: 'close', order: 'sell', position: 'long' }
  if (before.side === 'short') return { kind: 'close', order: 'buy', position: 'short' }
  if (before.side === 'flat' && order !== undefined)
    throw contradiction(before, { side: 'flat' }, { kind: 'open', order })
  return { kind: 'flat' }
}

/** Whether a position of one side became larger: by its sizes, else by the order. */
function growth(before: Position, after: Position, adds: boolean | undefined): boolean | undefined {
  if (before.size === undefined || after.size === undefined) return adds
  const difference = after.size.cmp(before.size)
  if (difference !== 0) return difference > 0
  if (adds === undefined) return undefined
  throw new AlertError(
    'INVALID_FIELD',
    'the action names an order, but the position has the same size before and after',
  )
}

function agree({ intent: word, isOrder }: ActionWord, intent: Intent): boolean {
  if (word === undefined) return true
  if (differ(word.order, intent.order)) return false
  if (isOrder) return true
  if (word.kind === 'flat') return intent.kind === 'flat' || intent.kind === 'close'
  if (differ(word.position, intent.position)) return false
  return word.kind === intent.kind || (word.kind === 'open' && intent.kind === 'reverse')
}

function contradiction(before: Position, after: Position, word: Intent | undefined): AlertError {
  const from = before.side === undefined ? '' : ` from ${before.side}`
  const says = [word?.kind, word?.order, word?.position].filter((part) => part !== undefined).join(' ')
  return new AlertError('INVALID_FIELD', `the position goes${from} to ${after.side}, but the action says ${says}`)
}

/**
 * Joins what two fields say: `action: close` and `side: long`, `action: buy` and `direction: long`. The one that says
 * more wins. Throws INVALID_FIELD when they contradict each other (`buy` and `short`), or may mean two things (`close`
 * and `sell`: the order, or the position?).
 */
export function joinActions(first: ActionWord, second: ActionWord): ActionWord {
  if (first.intent === undefined || second.intent === undefined) return { ...first, ...second }
  const { isOrder: _, ...others } = { ...first, ...second }
  const isOrder = first.isOrder === true && second.isOrder === true
  return { ...others, intent: join(first, first.intent, second, second.intent), ...(isOrder ? { isOrder } : {}) }
}

function join(first: ActionWord, one: Intent, second: ActionWord, other: Intent): Intent {
  if (one.kind === other.kind) {
    if (differ(one.order, other.order) || differ(one.position, other.position)) throw conflict(one, other)
    return { ...one, ...other }
  }
  const [word, side, sideIsOrder] = one.kind === 'open' ? [other, one, first.isOrder] : [one, other, second.isOrder]
  if (side.kind !== 'open' || side.position === undefined || sideIsOrder === true) throw conflict(one, other)
  if (differ(word.position, side.position)) throw conflict(one, other)
  // `long` and `short` name the position here, whatever the word does to it.
  if (word.kind === 'reverse') return { ...side, kind: 'reverse' }
  const kind = word.kind === 'flat' ? 'close' : word.kind
  return { kind, order: side.position === 'long' ? 'sell' : 'buy', position: side.position }
}

function differ(first: string | undefined, second: string | undefined): boolean {
  return first !== undefined && second !== undefined && first !== second
}

function conflict(first: Intent, second: Intent): AlertError {
  const words = [first, second].map(({ kind, order, position }) => [kind, order, position].filter(Boolean).join(' '))
  return new AlertError('INVALID_FIELD', `the fields contradict each other: one says ${words[0]}, another ${words[1]}`)
}
