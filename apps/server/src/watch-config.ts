import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { BotbusConfig } from '@botbus/config'
import { messageOf } from '@botbus/core'
import type { Logger } from 'pino'

/** ms of silence after a change: editors write in several steps. */
const SETTLED = 200

export interface WatchOptions {
  /** Without one, SIGHUP alone asks for another look. */
  readonly file: string | undefined
  readonly load: () => Promise<BotbusConfig>
  readonly apply: (config: BotbusConfig) => Promise<void>
  readonly logger: Logger
}

/** Applies the configuration again when its file changes, and at SIGHUP. What is wrong is said, and the old one stays. */
export function watchConfig(options: WatchOptions): Disposable {
  const { file, logger } = options
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void reload(options), SETTLED)
  }
  process.on('SIGHUP', again)
  const watcher = file === undefined ? undefined : watchFile(file, again, logger)
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      process.off('SIGHUP', again)
      // A terminal that goes away now must not end what is closing in order.
      process.on('SIGHUP', () => undefined)
      watcher?.close()
    },
  }
}

/** The folder is watched: a file that is replaced would take its watcher with it. */
function watchFile(file: string, again: () => void, logger: Logger): FSWatcher {
  const name = basename(file)
  const watcher = watch(dirname(file), { persistent: false }, (_event, changed) => {
    if (changed === null || changed === name) again()
  })
  watcher.on('error', (err) => logger.warn({ err }, 'the configuration file cannot be watched: use SIGHUP'))
  return watcher
}

async function reload({ load, apply, logger }: WatchOptions): Promise<void> {
  try {
    await apply(await load())
  } catch (error) {
    logger.error({ reason: messageOf(error) }, 'the new configuration cannot be used; the old one runs on')
  }
}
