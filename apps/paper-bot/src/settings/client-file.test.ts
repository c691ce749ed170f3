import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readClientFile } from './client-file.ts'
import { ClientSettings } from './client-settings.ts'
import { readSavedSettings, saveSettings } from './saved-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'botbus-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HUMMINGBOT = `instance_id: hb1
log_level: INFO
fetch_pairs_from_all_exchanges: false
kill_switch_mode: {}
mqtt_bridge:
  mqtt_host: bus
balance_asset_limit:
  kucoin:
    USDT: 250.5
  binance: null
  some_exchange_of_the_future: {}
paper_trade:
  paper_trade_exchanges: [binance, kucoin]
  paper_trade_account_balance:
    BTC: 2.5
    HBOT: 10000000.0
command_shortcuts:
- command: wide
  help: Widen
  arguments: [Spread]
  output: [config bid_spread $1]
`

describe('readClientFile', () => {
  it('takes from a Hummingbot file what has a meaning here, and ignores the rest', () => {
    const path = join(folder, 'conf_client.yml')
    writeFileSync(path, HUMMINGBOT)
    const { settings: given, shortcuts } = readClientFile(path)
    expect(given).toEqual({
      log_level: 'INFO',
      'balance_asset_limit.kucoin.USDT': 250.5,
      'paper_trade.paper_trade_account_balance.BTC': 2.5,
      'paper_trade.paper_trade_account_balance.HBOT': 10_000_000,
    })
    expect(shortcuts).toMatchObject([{ command: 'wide', arguments: ['Spread'] }])
    const settings = new ClientSettings({ id: 'hb1', given })
    expect(settings.balances.get('HBOT')?.toFixed()).toBe('10000000')
    expect(settings.limits('kucoin').get('USDT')?.toFixed()).toBe('250.5')
  })

  it('refuses a file that it cannot read or understand', () => {
    const path = join(folder, 'wrong.yml')
    writeFileSync(path, 'command_shortcuts: [1]\n')
    expect(() => readClientFile(path)).toThrow(`${path} is not valid`)
    expect(() => readClientFile(join(folder, 'missing.yml'))).toThrow('Cannot read')
  })
})

describe('saved settings', () => {
  const path = join(folder, 'data', 'settings.yml')

  it('are there again, for their owner only', () => {
    expect(readSavedSettings(path)).toEqual({})
    const settings = new ClientSettings({ id: 'a', save: (changes) => saveSettings(path, changes) })
    settings.set('mqtt_bridge.mqtt_password', 'geheim')
    settings.set('balance_asset_limit.kucoin.USDT', '0.1')
    settings.set('balance_asset_limit.kucoin.USDT', null)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const again = new ClientSettings({ id: 'a', changes: readSavedSettings(path) })
    expect(again.bridge.password).toBe('geheim')
    expect(again.isChanged('mqtt_bridge.mqtt_password')).toBe(true)
    expect(again.limits('kucoin').size).toBe(0)
  })

  it('are refused when they make no sense', () => {
    writeFileSync(path, 'a: [\n')
    expect(() => readSavedSettings(path)).toThrow(`Cannot read ${path}`)
    expect(() => new ClientSettings({ id: 'a', changes: { nope: 1 } })).toThrow("Invalid param key(s): ['nope']")
  })
})
