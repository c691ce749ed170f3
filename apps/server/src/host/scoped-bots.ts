import type { BotDirectory } from '@botbus/bridge'
import { BotbusError } from '@botbus/core'
import type { Bots } from '@botbus/plugin'

/** The directory of all plugins as one of them sees it: its listeners end with its signal. */
export function scopeBots(directory: BotDirectory, plugin: string, signal: AbortSignal): Bots {
  const assertOpen = (): void => {
    if (signal.aborted) throw new BotbusError('CLOSED', `the plugin ${plugin} has stopped`)
  }
  return {
    get bots() {
      return directory.bots
    },
    get: (id) => directory.get(id),
    client: (id, options) => {
      assertOpen()
      return directory.client(id, options)
    },
    onChange: (listener) => {
      assertOpen()
      const stop = directory.onChange(listener)
      signal.addEventListener('abort', stop, { once: true })
      return () => {
        signal.removeEventListener('abort', stop)
        stop()
      }
    },
  }
}
