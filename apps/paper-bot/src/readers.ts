import { messageOf } from '@botbus/core'
import { z } from 'zod'
import { Decimal, MAX_PLACES } from './exchange/decimal.ts'
import { parsePair, type TradingPair } from './exchange/trading-pair.ts'

/* Readers for values of YAML files, of the `config` command and of external events, where numbers may be text. */

const numberOrText = (message: string): z.ZodType<string, unknown> =>
  z.union([z.number(), z.string().trim().min(1, message)], { error: message }).transform(String)

const decimalText = numberOrText('expected a number')
  .pipe(z.string().regex(/^[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[+-]?\d{1,2})?$/i, 'expected a number'))
  .transform((text) => new Decimal(text))

/** A decimal within the bounds: `min` and `max` are allowed, `moreThan` is not. */
export function decimal(bounds: { moreThan?: number; min?: number; max?: number } = {}): z.ZodType<Decimal, unknown> {
  const { moreThan, min, max } = bounds
  return decimalText.check((context) => {
    const { value, issues } = context
    const say = (message: string): void =>
      void issues.push({ code: 'custom', input: value, message: `${message}, found ${value}` })
    if (value.decimalPlaces() > MAX_PLACES) say(`must have at most ${MAX_PLACES} digits after the point`)
    if (moreThan !== undefined && value.lte(moreThan)) say(`must be greater than ${moreThan}`)
    if (min !== undefined && value.lt(min)) say(`must be at least ${min}`)
    if (max !== undefined && value.gt(max)) say(`must be at most ${max}`)
  })
}

/** `true`, 1, "yes", ... */
export const flag: z.ZodType<boolean, unknown> = z.union(
  [z.boolean(), z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1), z.stringbool()],
  { error: 'expected true or false' },
)

export function integer(min: number, max: number): z.ZodType<number, unknown> {
  return numberOrText('expected an integer').transform(Number).pipe(z.int('expected an integer').min(min).max(max))
}

/** Text that `read` understands; what it throws is the reason given. */
export function readAs<T>(read: (text: string) => T): z.ZodType<T, unknown> {
  return z.string().transform((text, context) => {
    try {
      return read(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) })
      return z.NEVER
    }
  })
}

export const pair: z.ZodType<TradingPair, unknown> = readAs(parsePair)
