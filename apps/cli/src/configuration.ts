import type { BotbusConfig, ConfigInput } from '@botbus/config'
import type { GlobalOptions } from './global-options.ts'

/** The configuration of file, environment and options. Rejects with `INVALID_ARGUMENT` for what is wrong in it. */
export async function readConfiguration(options: GlobalOptions): Promise<BotbusConfig> {
  const { assertNoPassword, loadConfig } = await import('@botbus/config')
  if (options.url !== undefined) assertNoPassword(options.url)
  const overrides: ConfigInput = {
    broker: options.url,
    bridge: options.namespace === undefined ? undefined : { namespace: options.namespace },
  }
  return loadConfig({ overrides, ...(options.config === undefined ? {} : { file: options.config }) })
}
