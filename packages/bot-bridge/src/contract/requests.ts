import { z } from 'zod'
import { flag, integer, number } from './lenient.ts'

/*
 * One schema for the request of each command. Fields and defaults are those of the original specification and of
 * Hummingbot v1.12 to v2.16; null stands for "left out". `async_backend: true` asks for "accepted", not "done".
 */

const required = z.string().min(1, 'must not be empty')
const optionalText = z.string().nullable().default(null)

export const start = z.object({
  /** `DEBUG`, `INFO`, ...: the level of the bot's log from now on. */
  log_level: optionalText,
  /** Up to Hummingbot v2.6. */
  restore: flag(false),
  /** A script to run instead of the imported strategy. */
  script: optionalText,
  /** The configuration file of the script. */
  conf: optionalText,
  is_quickstart: flag(false),
  async_backend: flag(true),
})

export const stop = z.object({
  /** Leave open orders where they are. */
  skip_order_cancellation: flag(false),
  async_backend: flag(true),
})

export const importStrategy = z.object({
  /** File name of a strategy's configuration, with or without `.yml`. May be empty: bots answer 400 then. */
  strategy: z.string(),
})

export const config = z.object({
  /** Key and value pairs to set; none lists the configuration. */
  params: z
    .array(z.tuple([required, z.unknown()]))
    .nullable()
    .default([])
    .transform((params) => params ?? []),
})

export const balanceLimit = z.object({ exchange: required, asset: required, amount: number })

export const balancePaper = z.object({ asset: required, amount: number })

export const history = z.object({
  /** How many days to look back; 0 is everything. */
  days: number
    .pipe(z.number().min(0))
    .nullable()
    .default(0)
    .transform((days) => days ?? 0),
  verbose: flag(false),
  /** Digits after the point, in verbose output. */
  precision: integer.pipe(z.int().min(0).max(32)).nullable().default(null),
  async_backend: flag(true),
})

export const status = z.object({ async_backend: flag(true) })

export const commandShortcuts = z.object({
  /** Each a shortcut with its arguments: `["spreads", "1", "1"]`. */
  params: z.array(z.array(z.union([z.string(), z.number().transform(String)])).min(1)),
})
