import { isDeepStrictEqual } from 'node:util'
import type { BotbusConfig } from '@botbus/config'
import type { Log } from '@botbus/plugin'
import type { PluginHost } from './host/plugin-host.ts'

/** What a running server cannot exchange. */
const FIXED = ['broker', 'port', 'bridge', 'replyPrefixes', 'http', 'store'] as const

/** Takes the plugins of a new configuration, and says which other sections wait for a restart. */
export function reloader(
  start: BotbusConfig,
  host: Pick<PluginHost, 'change'>,
  log: Log,
): (config: BotbusConfig) => Promise<void> {
  return async (config) => {
    const touched = await host.change(config.plugins)
    log.info('the configuration was read again', { plugins: touched })
    const waiting = FIXED.filter((section) => !isDeepStrictEqual(start[section], config[section]))
    if (waiting.length > 0) log.warn(`changed, but only read at a restart: ${waiting.join(', ')}`)
  }
}
