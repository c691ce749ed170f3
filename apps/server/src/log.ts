import type { Log } from '@botbus/plugin'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { safeLogOptions } from './safety/log-safety.ts'

/** JSON lines on standard error, or where `output` says. Values of keys that name a secret are replaced. */
export function createLogger(options: { readonly level?: string; readonly output?: DestinationStream } = {}): Logger {
  const { level = 'info', output = destination({ dest: 2, sync: true }) } = options
  return pino({ ...safeLogOptions, level, base: null }, output)
}

/** The log of one part. An error belongs in the field `err`. */
export function partLog(logger: Logger, part: Readonly<Record<string, string>>): Log {
  const child = logger.child(part)
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error'): Log['info'] =>
    (message, fields) =>
      fields === undefined ? child[level](message) : child[level](fields, message)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
