import type { PluginEntry } from '@botbus/config'
import { BotbusError } from '@botbus/core'
import type { AnyPlugin } from '@botbus/plugin'
import { describeIssues } from './describe-issues.ts'
import { loadPlugin } from './load-plugin.ts'

/** A plugin that is loaded, with a configuration that it accepts. */
export interface PreparedPlugin {
  readonly entry: PluginEntry
  readonly plugin: AnyPlugin
  readonly config: unknown
}

/**
 * Loads a plugin and lets it check its section. Rejects as `loadPlugin` does, and with `INVALID_ARGUMENT` for a section that the
 * plugin refuses: every wrong key with its path, what was found and what is accepted.
 */
export async function preparePlugin(entry: PluginEntry): Promise<PreparedPlugin> {
  const plugin = await loadPlugin(entry)
  const result = await plugin.config.safeParseAsync(entry.section)
  if (result.success) return { entry, plugin, config: result.data }
  const lines = describeIssues(result.error.issues, entry.section, entry.key)
  throw new BotbusError('INVALID_ARGUMENT', ['the configuration cannot be used:', ...lines].join('\n  '))
}
