import { messageOf } from '@botbus/core'
import { z } from 'zod'
import type { BotPublisher } from './bot.ts'

/** pino's names for its numbers, as `formatters.level` may write them. */
const LABELS: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

const record = z.looseObject({
  level: z.union([
    z.number(),
    z
      .string()
      .transform((label) => LABELS[label.toLowerCase()])
      .pipe(z.number()),
  ]),
  /** Milliseconds since 1970, or text as `pino.stdTimeFunctions.isoTime` writes it. */
  time: z
    .union([
      z.number(),
      z
        .string()
        .transform((text) => Date.parse(text))
        .pipe(z.number()),
    ])
    .optional(),
  msg: z.string().default(''),
  name: z.string().optional(),
  /** As Python's loggers are named: wins over `name`. */
  logger: z.string().optional(),
  err: z.looseObject({ stack: z.string().optional(), message: z.string().optional() }).optional(),
})

type LevelName = Parameters<BotPublisher['log']>[0]['level']

function levelName(pinoLevel: number): LevelName {
  if (pinoLevel >= 60) return 'CRITICAL'
  if (pinoLevel >= 50) return 'ERROR'
  if (pinoLevel >= 40) return 'WARNING'
  return pinoLevel >= 30 ? 'INFO' : 'DEBUG'
}

export interface PinoDestination {
  /** How pino tells a destination from its options. */
  readonly writable: true
  /** Takes one line, as pino writes it. Never throws. */
  write(line: string): void
}

/**
 * A pino destination that forwards each record to the bot's `log` channel, with the numbers and names of Python's levels. Use
 * it beside another one: `pino(options, pino.multistream([{ stream: process.stdout }, { stream: pinoDestination(bridge) }]))`.
 * Other fields of a record are not forwarded: the channel has no place for them.
 */
export function pinoDestination(publisher: Pick<BotPublisher, 'log'>): PinoDestination {
  return {
    writable: true,
    write(line) {
      const { level, time, msg, name, logger, err } = parseRecord(line)
      publisher.log({
        level: levelName(level),
        message: err ? [msg, err.stack ?? err.message].filter(Boolean).join('\n') : msg,
        logger: logger ?? name ?? 'botbus',
        ...(time === undefined ? {} : { timestamp: time }),
      })
    },
  }
}

/** A line that pino's options made unreadable is forwarded as it is rather than lost. */
function parseRecord(line: string): z.output<typeof record> {
  try {
    return record.parse(JSON.parse(line))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : messageOf(error)
    return { level: 40, msg: `${line.trim()} (not a pino record: ${reason})` }
  }
}
