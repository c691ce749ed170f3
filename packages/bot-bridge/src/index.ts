export { type Bot, type BotPublisher, CommandError, type CommandContext, type ConfigAnswer } from './bot.ts'
export * from './contract/contract.ts'
