import type { BotPresence } from '@botbus/bridge'

/** What is known of the bots: `context.bots` of a plugin is one. */
interface KnownBots {
  readonly bots: readonly Pick<BotPresence, 'id'>[]
}

/** Where alerts are planned. */
export interface PlanContext {
  readonly bots: KnownBots
  /** The first level of the bots' topics: `hbot`. */
  readonly namespace: string
  /** Names of groups with their bot ids and globs. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/** How many messages one alert may cause. */
export const MAX_DELIVERIES = 1_000
