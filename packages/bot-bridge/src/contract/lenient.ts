import { z } from 'zod'

/*
 * Readers for what Python peers write: ujson turns negative integers into strings, pydantic takes "true" and 1 for a
 * boolean, and what is not set is null.
 */

/** A finite number or a text that is one. */
export const number = z
  .union(
    [
      z.number(),
      z
        .string()
        .trim()
        .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i)
        .transform(Number),
    ],
    'expected a number',
  )
  .pipe(z.number())

export const integer = number.pipe(z.int())

/** A number that may also be `NaN` or infinite, as in the price of a market order. */
export const anyNumber = z.union([number, z.nan(), z.literal([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])])

export const boolean = z.union(
  [z.boolean(), z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1), z.stringbool()],
  'expected true or false',
)

/** Text, or null for none. */
export const text = z
  .string()
  .nullable()
  .default('')
  .transform((value) => value ?? '')

/** A switch of a request: left out and null both mean the default, as every optional field of Hummingbot. */
export function flag(standard: boolean) {
  return boolean
    .nullable()
    .default(standard)
    .transform((value) => value ?? standard)
}
