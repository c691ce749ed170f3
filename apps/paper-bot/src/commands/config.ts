import { CommandError, type ConfigAnswer } from '@botbus/bridge'
import { messageOf } from '@botbus/core'
import { Decimal } from '../exchange/decimal.ts'
import { MASK } from '../settings/client-settings.ts'
import type { ImportedStrategy } from '../strategies/imported-strategy.ts'
import { type BotParts, currentStrategy } from './bot-parts.ts'

type Change = [key: string, value: unknown]

/**
 * Lists the settings, or sets some. Valid ones are set although others are not: then it throws a `CommandError` whose answer holds
 * what was set, as real bots answer. Keys of the strategy are set together, as some must fit each other.
 */
export function config(bot: BotParts, { params }: { params: Change[] }): ConfigAnswer {
  const unknown: string[] = []
  const refused: string[] = []
  const client: Change[] = []
  const own: Change[] = []
  for (const change of params) {
    const [key, value] = change
    const strategy = currentStrategy(bot)
    attempt(refused, () => {
      if (bot.settings.find(key)) {
        setClient(bot, key, value)
        client.push(change)
      } else if (strategy?.has(key)) {
        strategy.check(key, value, isInUse(bot, strategy))
        own.push(change)
      } else unknown.push(key)
    })
  }
  const isSet = own.length > 0 && attempt(refused, () => setOwn(bot, own))
  const changes = params
    .filter((change) => client.includes(change) || (isSet && own.includes(change)))
    .map(([key, value]): Change => [key, bot.settings.find(key)?.field.isSecret ? MASK : value])
  if (unknown.length > 0) refused.unshift(`Invalid param key(s): [${unknown.map(pythonText).join(', ')}]`)
  if (refused.length > 0) throw new CommandError(refused.join('; '), { changes, config: {} })
  return { changes, config: { client: bot.settings.list(), strategy: currentStrategy(bot)?.list() ?? {} } }
}

/** True when `set` did not throw; the reason is kept otherwise. */
function attempt(refused: string[], set: () => void): boolean {
  try {
    set()
    return true
  } catch (error) {
    refused.push(messageOf(error))
    return false
  }
}

function isInUse({ trader }: BotParts, strategy: ImportedStrategy): boolean {
  return trader.run?.strategy === strategy || trader.state === 'starting'
}

function setOwn(bot: BotParts, changes: readonly Change[]): void {
  currentStrategy(bot)?.set(Object.fromEntries(changes))
  bot.trader.run?.configure()
}

function setClient(bot: BotParts, key: string, value: unknown): void {
  const found = bot.settings.find(key)
  const stored = found?.key ?? key
  const parsed = found?.field.schema.safeParse(value)
  const [section, ...path] = stored.split('.')
  bot.settings.check(key, value)
  // Balances first: an exchange may refuse them.
  if (section === 'paper_trade' && parsed?.success)
    bot.trader.markets.setBalance(path[1] ?? '', new Decimal(String(parsed.data)))
  const effect = bot.settings.set(key, value)
  if (section === 'balance_asset_limit' && parsed?.success) {
    bot.trader.markets.setLimit(
      path[0] ?? '',
      path[1] ?? '',
      parsed.data === null ? null : new Decimal(String(parsed.data)),
    )
  }
  if (stored === 'log_level') bot.log.level = bot.settings.pinoLevel
  if (effect === 'at the next mqtt_start') {
    const text = `${stored} was set and counts at the next mqtt_start.`
    bot.log.named('hummingbot.core').info(text)
    bot.reporter.notify(text)
  }
}

/** As Python writes a text in a list. */
function pythonText(text: string): string {
  return text.includes("'") && !text.includes('"')
    ? `"${text}"`
    : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
