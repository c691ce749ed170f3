import { CommandError } from '@botbus/bridge'
import type { Level, Logger } from 'pino'

/** Python's level names, as operators write them, and pino's. */
const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
}

/** Reads a level in any case. Throws a `CommandError`. */
export function parseLevel(text: string): Level {
  const level = LEVELS[text.trim().toUpperCase()]
  if (!level)
    throw new CommandError(`Invalid log level: '${text}'. Expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL.`)
  return level
}

/** Loggers with names such as `hummingbot.strategy.pure_market_making`, and one level for all of them. */
export class BotLog {
  readonly #root: Logger
  readonly #named = new Map<string, Logger>()

  constructor(root: Logger) {
    this.#root = root
  }

  get level(): string {
    return this.#root.level
  }

  set level(level: string) {
    for (const logger of [this.#root, ...this.#named.values()]) logger.level = level
  }

  named(name: string): Logger {
    const logger = this.#named.get(name) ?? this.#root.child({ name }, { level: this.level })
    this.#named.set(name, logger)
    return logger
  }
}
