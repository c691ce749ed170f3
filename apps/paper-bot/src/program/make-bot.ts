import { join } from 'node:path'
import { assertNewBotId } from '@botbus/bridge'
import { assertNoPassword, type BotbusConfig, loadConfig } from '@botbus/config'
import { BotbusError } from '@botbus/core'
import { parsePair } from '../exchange/trading-pair.ts'
import { parseFeed } from '../feeds/parse-feed.ts'
import { PaperBot } from '../paper-bot.ts'
import { Reporter } from '../reporting/reporter.ts'
import { readClientFile } from '../settings/client-file.ts'
import { ClientSettings } from '../settings/client-settings.ts'
import { readSavedSettings, saveSettings } from '../settings/saved-settings.ts'
import { effectiveBridge } from './broker.ts'
import { makeLogger } from './log-output.ts'
import type { ProgramOptions } from './options.ts'

/** The bot that options, configuration and kept settings describe, and the configuration itself. */
export async function makeBot(options: ProgramOptions): Promise<{ bot: PaperBot; config: BotbusConfig }> {
  if (options.broker) assertNoPassword(options.broker)
  const config = await loadConfig({
    file: options.config,
    overrides: { broker: options.broker, hummingbot: options.hummingbotConf, bridge: { id: options.id } },
  })
  const { id } = config.bridge
  if (id === undefined) throw new BotbusError('INVALID_ARGUMENT', 'no id: use --id, or bridge.id in the configuration')
  assertNewBotId(id)
  const pair = parsePair(options.pair)
  const source = parseFeed(options.feed, { pair, seed: options.seed, speed: options.speed })
  const reporter = new Reporter()
  const bot = new PaperBot({
    settings: readSettings(options, id, config, source.exchange),
    source,
    pair,
    reporter,
    logger: makeLogger(process.stderr, reporter),
    ...(options.strategies ? { folders: [options.strategies] } : {}),
    ...(options.data ? { tradesFile: join(options.data, 'trades.jsonl') } : {}),
  })
  return { bot, config }
}

/** The kept settings win over the file, and options over both. */
function readSettings(
  options: ProgramOptions,
  id: string,
  config: BotbusConfig,
  exchange: string | undefined,
): ClientSettings {
  const file = config.hummingbot ? readClientFile(config.hummingbot, exchange) : { settings: {} }
  const savedPath = options.data ? join(options.data, 'settings.yml') : undefined
  return new ClientSettings({
    id,
    bridge: effectiveBridge(config),
    ...(exchange ? { exchange } : {}),
    ...(file.shortcuts ? { shortcuts: file.shortcuts } : {}),
    given: { ...file.settings, ...(options.logLevel ? { log_level: options.logLevel } : {}) },
    ...(savedPath
      ? { changes: readSavedSettings(savedPath), save: (changes) => saveSettings(savedPath, changes) }
      : {}),
  })
}
