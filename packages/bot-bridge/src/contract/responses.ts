import { z } from 'zod'
import { integer, text } from './lenient.ts'

/* One schema for the answer of each command. Unknown fields are kept: bots add some with every version. */

/** 200, or 400 when the bot refused or failed. */
const status = integer
const result = { status, msg: text }

export const done = z.looseObject(result)

export const config = z.looseObject({
  ...result,
  /** What was set: pairs of key and value. */
  changes: z
    .array(z.unknown())
    .nullish()
    .transform((value) => value ?? []),
  /** The configuration after the changes. Holds passwords: redact it before it is stored or shown. */
  config: z
    .looseObject({
      client: z.record(z.string(), z.unknown()).optional(),
      strategy: z.record(z.string(), z.unknown()).nullish(),
    })
    .optional(),
})

/** Answers of `status` and both `balance` commands. Real bots put the text of a synchronous status into `msg`. */
export const withData = z.looseObject({ ...result, data: z.unknown().optional() })

/** A fill. Prices and quantities are decimal text. */
export const trade = z.looseObject({
  market: z.string().optional(),
  trade_id: z.coerce.string().optional(),
  price: z.coerce.string().optional(),
  quantity: z.coerce.string().optional(),
  symbol: z.string().optional(),
  trade_timestamp: z.unknown().optional(),
  trade_type: z.string().optional(),
  base_asset: z.string().optional(),
  quote_asset: z.string().optional(),
  raw_json: z.unknown().optional(),
})

export const history = z.looseObject({
  ...result,
  trades: z
    .array(z.unknown())
    .nullish()
    .transform((value) => value ?? []),
})

export const commandShortcuts = z.looseObject({
  ...result,
  /** One for each shortcut, in order. */
  success: z.array(z.boolean()).default([]),
})
