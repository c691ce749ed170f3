import { CommandError, type ConfigAnswer } from '@botbus/bridge'
import { messageOf } from '@botbus/core'
import { Decimal } from '../exchange/decimal.ts'
import { findField } from '../settings/fields.ts'
import { type BotParts, currentStrategy } from './bot-parts.ts'

type Change = [key: string, value: unknown]

/**
 * Lists the settings, or sets some. Valid ones are set although others are not: then it throws a `CommandError` whose answer holds
 * what was set, as real bots answer.
 */
export function config(bot: BotParts, { params }: { params: Change[] }): ConfigAnswer {
  const changes: Change[] = []
  const unknown: string[] = []
  const refused: string[] = []
  for (const [key, value] of params) {
    try {
      if (setOne(bot, key, value)) changes.push([key, value])
      else unknown.push(key)
    } catch (error) {
      refused.push(messageOf(error))
    }
  }
  if (changes.some(([key]) => currentStrategy(bot)?.has(key))) bot.trader.run?.configure()
  const reasons = [
    ...(unknown.length > 0 ? [`Invalid param key(s): [${unknown.map(pythonText).join(', ')}]`] : []),
    ...refused,
  ]
  if (reasons.length > 0) throw new CommandError(reasons.join('; '), { changes, config: {} })
  return { changes, config: { client: bot.settings.list(), strategy: currentStrategy(bot)?.list() ?? {} } }
}

/** False when nothing has that name. Throws when the value is refused. */
function setOne(bot: BotParts, key: string, value: unknown): boolean {
  const strategy = currentStrategy(bot)
  if (bot.settings.has(key)) setClient(bot, key, value)
  else if (strategy?.has(key))
    strategy.set(key, value, bot.trader.run?.strategy === strategy || bot.trader.state === 'starting')
  else return false
  return true
}

function setClient(bot: BotParts, key: string, value: unknown): void {
  const stored = findField(key)?.key ?? key
  const parsed = findField(key)?.field.schema.safeParse(value)
  const [section, ...path] = stored.split('.')
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
