import { messageOf } from '@botbus/core'
import { z } from 'zod'
import type { BotPublisher } from './bot.ts'

const record = z.looseObject({
  level: z.number(),
  time: z.number().optional(),
  msg: z.string().default(''),
  name: z.string().optional(),
  /** As Python's loggers are named: wins over `name`. */
  logger: z.string().optional(),
  err: z.looseObject({ stack: z.string().optional(), message: z.string().optional() }).optional(),
})

function levelName(pinoLevel: number): 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL' {
  if (pinoLevel >= 60) return 'CRITICAL'
  if (pinoLevel >= 50) return 'ERROR'
  if (pinoLevel >= 40) return 'WARNING'
  return pinoLevel >= 30 ? 'INFO' : 'DEBUG'
}

/**
 * A pino destination that forwards each record to the bot's `log` channel, with the numbers and names of Python's levels. Use
 * it beside another one: `pino(options, pino.multistream([{ stream: process.stdout }, { stream: pinoDestination(bridge) }]))`.
 */
export function pinoDestination(publisher: Pick<BotPublisher, 'log'>): { write(line: string): void } {
  return {
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
    return { level: 40, msg: `${line.trim()} (not a pino record: ${messageOf(error)})` }
  }
}
