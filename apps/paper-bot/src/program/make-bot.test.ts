import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeBot } from './make-bot.ts'
import { readOptions } from './options.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-paper-'))
  const text = 'instance_id: gamma\npaper_trade: { paper_trade_account_balance: { USDT: 777 } }\n'
  await writeFile(join(folder, 'conf_client.yml'), text)
  await writeFile(join(folder, 'botbus.config.yaml'), 'hummingbot: conf_client.yml\n')
})

afterEach(() => rm(folder, { recursive: true }))

it.each([
  ['an option', '--hummingbot-conf', 'conf_client.yml'],
  ['the configuration', '--config', 'botbus.config.yaml'],
])('takes id and balances from the conf_client.yml that %s names', async (_, option, name) => {
  const { bot } = await makeBot(readOptions(['node', 'paper-bot', option, join(folder, name)], '0.0.0'))
  expect(bot.settings.id).toBe('gamma')
  expect(bot.settings.balances.get('USDT')?.toFixed()).toBe('777')
  bot.close()
})
