import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginEntry } from '@botbus/config'
import { BotbusError, messageOf } from '@botbus/core'
import { type AnyPlugin, isPlugin } from '@botbus/plugin'

/** Plugins that come with the server, by the name they have in the configuration. */
const KNOWN: ReadonlyMap<string, () => Promise<unknown>> = new Map([
  ['tradingview', () => import('@botbus/plugin-tradingview')],
])

/**
 * The plugin that an entry of the configuration names. Rejects with `INVALID_ARGUMENT` when nothing has that name, and with
 * `INTERNAL` when what is there cannot be loaded or is no plugin.
 */
export async function loadPlugin(entry: PluginEntry): Promise<AnyPlugin> {
  const module = await importModule(entry)
  const plugin = (module as { default?: unknown }).default
  if (isPlugin(plugin)) return plugin
  throw new BotbusError(
    'INTERNAL',
    `plugins: "${entry.key}" is no plugin; expected: export default definePlugin({ name, config, setup })`,
  )
}

async function importModule(entry: PluginEntry): Promise<unknown> {
  const known = KNOWN.get(entry.module)
  try {
    return await (known ? known() : import(/* @vite-ignore */ locate(entry)))
  } catch (cause) {
    if (BotbusError.is(cause)) throw cause
    throw new BotbusError('INTERNAL', `the plugin "${entry.key}" cannot be loaded: ${messageOf(cause)}`, { cause })
  }
}

/** Packages are looked for where the configuration is, and then where the server is. */
function locate({ key, module, folder }: PluginEntry): string {
  for (const from of [pathToFileURL(join(folder, 'botbus.config.yaml')), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve(module)).href
    } catch {
      // Not there: the next place, or the refusal below.
    }
  }
  const what = isAbsolute(module) ? 'there is no such file' : 'there is no such package'
  throw new BotbusError(
    'INVALID_ARGUMENT',
    `plugins: found "${key}"; ${what}; accepted: ${[...KNOWN.keys()].join(', ')}, the name of a package, or a path such as ./my-plugin.ts`,
  )
}
