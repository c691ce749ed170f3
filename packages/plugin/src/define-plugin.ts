import type { z } from 'zod'
import type { PluginContext } from './context.ts'

/** A plugin that runs. Where `setup` returns nothing, the end of `context.signal` is the end of the plugin. */
export interface RunningPlugin {
  /** Called once, before the scoped bus, HTTP routes and store of the plugin are taken from it. */
  stop?(): Promise<void> | void
}

/** An optional feature that the server loads: it reaches bots only through `bots` and `bus`, and never knows the broker. */
export interface Plugin<Config extends z.ZodType = z.ZodType> {
  /** Lower-case letters, digits and `-`; names its section of the configuration, its routes and its rows in the store. */
  readonly name: string
  /** Checks the plugin's section of the configuration. What it refuses is shown with its path, and the plugin does not start. */
  readonly config: Config
  /**
   * Starts the plugin; it runs when this resolves. What it rejects with is shown under the plugin's name, and the other
   * plugins run on. `context.signal` fires when the plugin is to stop.
   */
  setup(context: PluginContext<z.output<Config>>): Promise<RunningPlugin> | Promise<void> | RunningPlugin | void
}

/** Any plugin, whatever its configuration. */
export interface AnyPlugin {
  readonly name: string
  readonly config: z.ZodType
  // biome-ignore lint/suspicious/noConfusingVoidType: a setup without a result is the usual one.
  setup(context: PluginContext<never>): Promise<RunningPlugin | void> | RunningPlugin | void
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/

/** Types a plugin; the module exports it by default. Throws a `TypeError` for a name that is none. */
export function definePlugin<Config extends z.ZodType>(plugin: Plugin<Config>): Plugin<Config> {
  if (!NAME.test(plugin.name)) {
    throw new TypeError(
      `a plugin's name must be lower-case letters, digits and "-", 40 at most, and begin with a letter; found ${JSON.stringify(plugin.name)}`,
    )
  }
  return plugin
}

/** Whether what a module exports has the shape of a plugin. */
export function isPlugin(value: unknown): value is AnyPlugin {
  if (typeof value !== 'object' || value === null) return false
  const { name, config, setup } = value as Record<string, unknown>
  const isSchema = typeof config === 'object' && config !== null && 'safeParse' in config
  return typeof name === 'string' && NAME.test(name) && isSchema && typeof setup === 'function'
}
