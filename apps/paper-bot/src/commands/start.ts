import { CommandError, type StartRequest } from '@botbus/bridge'
import { messageOf } from '@botbus/core'
import { parseLevel } from '../log.ts'
import type { ImportedStrategy } from '../strategies/imported-strategy.ts'
import { findKind, STRATEGY_KINDS } from '../strategies/registry.ts'
import type { BotParts } from './bot-parts.ts'

const TIMEOUT = 30_000

/** What `start` needs: every field but the log level may be missing. */
export type StartArguments = Pick<StartRequest, 'restore' | 'script' | 'conf' | 'async_backend'> & {
  log_level?: string | null
}

/**
 * Starts the imported strategy, or the one that `script` names. With `async_backend` it returns when the start is accepted, else
 * when the strategy runs. Throws a `CommandError` with the texts of real bots.
 */
export async function start(bot: BotParts, request: StartArguments, signal: AbortSignal): Promise<void> {
  if (bot.trader.state !== 'stopped') throw new CommandError('The bot is already running - please run "stop" first')
  if (request.log_level) {
    bot.log.level = parseLevel(request.log_level)
    bot.settings.set('log_level', request.log_level)
  }
  const attempt = bot.trader.prepare()
  let strategy: ImportedStrategy
  try {
    strategy = await chooseStrategy(bot, request)
    // A stop may have come while the file was read.
    signal.throwIfAborted()
    attempt.signal.throwIfAborted()
  } catch (error) {
    bot.trader.abandon(attempt)
    throw error
  }
  const begun = begin(bot, strategy, attempt, request, signal)
  if (request.async_backend) begun.catch((error: unknown) => tellFailure(bot, error))
  else await begun
}

/** An accepted start goes on when its caller has gone; one that is waited for does not. */
async function begin(
  bot: BotParts,
  strategy: ImportedStrategy,
  attempt: AbortController,
  { restore, async_backend }: StartArguments,
  caller: AbortSignal,
): Promise<void> {
  const late = new AbortController()
  const error = new CommandError('Hummingbot start command timed out after 30 seconds')
  const timer = setTimeout(() => late.abort(error), TIMEOUT)
  const signal = async_backend ? late.signal : AbortSignal.any([caller, late.signal])
  try {
    await bot.trader.begin(attempt, strategy, { restore, signal })
  } finally {
    clearTimeout(timer)
  }
  const { name, kind, config } = strategy
  const text = `Started ${kind.name} (${name}) on ${config.market.symbol}.`
  bot.log.named('hummingbot.core').info(text)
  bot.reporter.notify(text)
}

async function chooseStrategy(bot: BotParts, { script, conf }: StartArguments): Promise<ImportedStrategy> {
  if (!script) {
    if (conf) return bot.files.load(conf)
    if (!bot.imported) throw new CommandError('Strategy check: Please import or create a strategy.')
    return bot.imported
  }
  const name = script.replace(/\.(py|ya?ml)$/, '')
  const kind = findKind(name)
  if (kind) return conf ? bot.files.load(conf, kind) : bot.files.make(kind)
  if (conf)
    throw new CommandError(
      `Unknown script: '${script}'. With conf, it is one of ${STRATEGY_KINDS.map((each) => each.name).join(', ')}.`,
    )
  return bot.files.load(name)
}

function tellFailure(bot: BotParts, error: unknown): void {
  const text = `The strategy was not started: ${messageOf(error)}`
  bot.log.named('hummingbot.core').error(text)
  bot.reporter.notify(text)
}
