export { lastWill } from './availability.ts'
export { type Bot, type BotPublisher, type CommandContext, CommandError, type ConfigAnswer } from './bot.ts'
export {
  type Answer,
  type Arguments,
  BotClient,
  type BotClientOptions,
  COMMAND_TIMEOUT,
  type ExternalEventOptions,
} from './bot-client.ts'
export { BotDirectory, type DiscoverOptions, discoverBots } from './bot-directory.ts'
export { assertNewBotId, isBotId } from './bot-id.ts'
export { Bridge, type BridgeOptions } from './bridge.ts'
export * from './contract/contract.ts'
export { readHummingbotConfig } from './hummingbot-config.ts'
export { type PinoDestination, pinoDestination } from './pino-destination.ts'
export type { BotPresence, Health } from './presence.ts'
export { type BridgeSettings, bridgeSettings } from './settings.ts'
export type { Warn } from './warn.ts'
