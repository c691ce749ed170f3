import type { JsonObject, JsonValue } from '@botbus/plugin'
import { Decimal } from 'decimal.js'
import { AlertError } from '../alert-error.ts'
import type { Signal } from '../signal.ts'
import { decimalText } from './convert.ts'
import { compileValue, shorten } from './template.ts'

interface MlSignalsOptions {
  readonly probabilities?: JsonValue | undefined
  readonly targetPct?: JsonValue | undefined
}

/**
 * The message of `ML_SIGNALS`, which a stock controller of Hummingbot reads: `probabilities` are those of short, neutral and long.
 * They come from the rule, else from the fields `probabilities` or `short`, `neutral` and `long`, else from the intent: its side has
 * probability 1. `target_pct` comes from the rule, else from the field of that name, else from the distance of price and take
 * profit.
 */
export function compileMlSignals(options: MlSignalsOptions): (signal: Signal) => JsonObject {
  const probabilities = options.probabilities === undefined ? undefined : compileValue(options.probabilities)
  const targetPct = options.targetPct === undefined ? undefined : compileValue(options.targetPct)
  return (signal) => ({
    probabilities: probabilities ? readProbabilities(probabilities(signal)) : probabilitiesOf(signal),
    target_pct: targetPct ? readTarget(targetPct(signal)) : targetOf(signal),
  })
}

function probabilitiesOf({ fields, intent }: Signal): readonly number[] {
  if (Object.hasOwn(fields, 'probabilities')) return readProbabilities(fields['probabilities'] ?? null)
  const { short, neutral, long } = fields
  if (short !== undefined && neutral !== undefined && long !== undefined)
    return readProbabilities([short, neutral, long])
  if (intent === undefined) {
    throw new AlertError('INVALID_FIELD', 'the alert has neither probabilities nor an action that could stand for them')
  }
  const opens = intent.kind === 'open' || intent.kind === 'reverse'
  const side = intent.position ?? (intent.order === 'sell' ? 'short' : 'long')
  if (!opens) return [0, 1, 0]
  return side === 'long' ? [0, 0, 1] : [1, 0, 0]
}

/** A list of three, or a text of three. */
function readProbabilities(given: JsonValue): readonly number[] {
  const list =
    typeof given === 'string'
      ? given
          .replace(/[[\]]/g, '')
          .trim()
          .split(/[\s,;]+/)
      : given
  const numbers = Array.isArray(list) ? (list as readonly JsonValue[]).map((value) => Number(decimalText(value))) : []
  if (numbers.length === 3 && numbers.every((number) => number >= 0 && number <= 1)) return numbers
  const found = shorten(given)
  throw new AlertError(
    'INVALID_FIELD',
    `probabilities must be three numbers from 0 to 1, of short, neutral and long; found ${found}`,
  )
}

function targetOf({ fields, price, takeProfit }: Signal): number {
  if (Object.hasOwn(fields, 'target_pct')) return readTarget(fields['target_pct'] ?? null)
  if (price === undefined || takeProfit === undefined) {
    throw new AlertError(
      'INVALID_FIELD',
      'the alert has neither target_pct nor price and take profit; the rule may set targetPct',
    )
  }
  return readTarget(new Decimal(takeProfit).minus(price).abs().dividedBy(price).toNumber())
}

function readTarget(given: JsonValue): number {
  const target = Number(decimalText(given))
  if (target > 0 && Number.isFinite(target)) return target
  throw new AlertError('INVALID_FIELD', `target_pct must be a number greater than 0, found ${shorten(given)}`)
}
