import { z } from 'zod'
import { anyNumber, integer, text } from './lenient.ts'

/* One schema for each channel. Readers: unknown fields are kept. */

/** Every 10 s. The specification says `{}`, Hummingbot sends `ts` in microseconds, commlib-py in nanoseconds. */
export const heartbeat = z.looseObject({
  ts: anyNumber.optional(),
  /** Botbus' own: tells two bots with one id apart. */
  instance: z.string().max(128).optional(),
  /** Botbus' own: the bot has heard another one under its id. */
  conflict: z.boolean().optional(),
})

export const event = z.looseObject({
  /** Seconds since 1970. */
  timestamp: anyNumber,
  /** `OrderFilled`, `BuyOrderCreated`, ... */
  type: z.string(),
  data: z
    .record(z.string(), z.unknown())
    .nullable()
    .default({})
    .transform((data) => data ?? {}),
})

export const notification = z.looseObject({
  seq: anyNumber.optional(),
  /** Seconds since 1970; real bots send the text "-1". */
  timestamp: anyNumber,
  msg: text,
})

export const log = z.looseObject({
  /** Seconds since 1970, with a fraction. */
  timestamp: anyNumber,
  msg: text,
  /** Python's levels: 10 DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL. */
  level_no: anyNumber,
  level_name: text,
  logger_name: text,
})

export const statusUpdate = z.looseObject({
  /** Milliseconds since 1970. */
  timestamp: anyNumber,
  /** `availability`, with `online` or `offline` in `msg`; or what the bot likes to tell. */
  type: z.string(),
  msg: text,
})

const optionalNumber = anyNumber.nullish()

export const performance = z.looseObject({
  realized_pnl_quote: optionalNumber,
  unrealized_pnl_quote: optionalNumber,
  unrealized_pnl_pct: optionalNumber,
  realized_pnl_pct: optionalNumber,
  global_pnl_quote: optionalNumber,
  global_pnl_pct: optionalNumber,
  volume_traded: optionalNumber,
  positions_summary: z.array(z.looseObject({})).nullish(),
  /** How often positions were closed for each reason: `{"CloseType.EARLY_STOP": 3}`. */
  close_type_counts: z.record(z.string(), anyNumber).nullish(),
})

/** One controller of a bot. Before Hummingbot v2.12 its fields stood where `performance` stands now. */
const controllerReport = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('performance' in value) && !('custom_info' in value)
      ? { performance: value, custom_info: {} }
      : value,
  z.looseObject({ performance: performance.nullish(), custom_info: z.record(z.string(), z.unknown()).nullish() }),
)

/** Each second, by controller id. */
export const performanceReport = z.record(z.string(), controllerReport)

/** Anything else than integers here reaches a Hummingbot strategy as an empty event. */
export const externalEvent = z.looseObject({
  timestamp: integer,
  sequence: integer,
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
})
