import type { BotDirectory } from '@botbus/bridge'
import type { Bus } from '@botbus/core'
import type { Http } from './http.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { PluginStore } from './store/plugin-store.ts'

/** The bus, without what belongs to its owner. Subscriptions, services and calls of the plugin end with it. */
export type PluginBus = Pick<
  Bus,
  'publish' | 'subscribe' | 'messages' | 'call' | 'serve' | 'state' | 'onState' | 'capabilities' | 'transportName'
>

/** The bots that were heard, how they are, and a client for each. */
export type Bots = Pick<BotDirectory, 'bots' | 'get' | 'client' | 'onChange'>

/** All that a plugin gets. Everything in it is scoped: it ends, and is cleared away, with the plugin. */
export interface PluginContext<Config> {
  /** The plugin's section of the configuration, checked. */
  readonly config: Config
  readonly bus: PluginBus
  readonly bots: Bots
  readonly http: Http
  readonly store: PluginStore
  readonly log: Log
  readonly metrics: Metrics
  /** Fires when the plugin is to stop. */
  readonly signal: AbortSignal
  /** The first level of the bots' topics: `hbot`. */
  readonly namespace: string
  /** Where relative paths in the plugin's section start: the folder of the configuration file. */
  readonly folder: string
}
