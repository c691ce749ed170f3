import { describe, expect, it } from 'vitest'
import { readHummingbotConfig } from './hummingbot-config.ts'

/** As Hummingbot 2.16 writes it, shortened at both ends. */
const FILE = `####################################
###   client_config_map config   ###
####################################

instance_id: 0397587e8baf4a2c9d1e
fetch_pairs_from_all_exchanges: false
log_level: INFO
debug_console: false
logger_override_whitelist:
- hummingbot.strategy.arbitrage
- hummingbot.connector
log_file_path: /home/hummingbot/logs
kill_switch_mode: {}
# What to auto-fill in the prompt after each import command (start/config)
autofill_import: disabled
telegram_mode: {}
# MQTT Bridge configuration.
mqtt_bridge:
  mqtt_host: broker.example
  mqtt_port: 8883
  mqtt_username: desk
  mqtt_password: 'p@ss: word'
  mqtt_namespace: hbot/
  mqtt_ssl: true
  mqtt_logger: true
  mqtt_notifier: false
  mqtt_commands: true
  mqtt_events: false
  mqtt_external_events: true
  mqtt_autostart: true
send_error_logs: true
db_mode:
  db_engine: sqlite
balance_asset_limit:
  binance: {}
manual_gas_price: 50.0
paper_trade:
  paper_trade_account_balance:
    BTC: 1.0
color:
  top_pane: '#000000'
`

describe('readHummingbotConfig', () => {
  it('reads the id and the bridge section of a conf_client.yml', () => {
    expect(readHummingbotConfig(FILE)).toEqual({
      id: '0397587e8baf4a2c9d1e',
      settings: {
        host: 'broker.example',
        port: 8883,
        username: 'desk',
        password: 'p@ss: word',
        namespace: 'hbot',
        ssl: true,
        logger: true,
        notifier: false,
        commands: true,
        events: false,
        external_events: true,
        autostart: true,
      },
    })
  })

  it.each([
    ['instance_id: bot'],
    ['instance_id: bot\nmqtt_bridge:\n'],
    ['instance_id: bot\nmqtt_bridge: {mqtt_host: null}'],
  ])('takes Hummingbot’s defaults, autostart off, for %j', (text) => {
    const { settings } = readHummingbotConfig(text)
    expect(settings).toMatchObject({ host: 'localhost', port: 1883, commands: true, autostart: false })
  })

  it('takes names without their prefix and ignores those of later versions', () => {
    const { settings } = readHummingbotConfig('instance_id: b\nmqtt_bridge: {host: h, mqtt_keepalive: 60}')
    expect(settings).toMatchObject({ host: 'h' })
    expect(settings).not.toHaveProperty('keepalive')
  })

  it.each([['0012'], ['12345678901234567890123'], ['1e9']])(
    'keeps the id %s, which YAML would take for a number, as it is',
    (id) => {
      expect(readHummingbotConfig(`instance_id: ${id}`).id).toBe(id)
    },
  )

  it.each([
    ['{}', 'instance_id'],
    ['instance_id: ""', 'instance_id'],
    ['instance_id: [a]', 'instance_id'],
    ['instance_id: b\nmqtt_bridge: {mqtt_port: 99999}', 'mqtt_bridge.mqtt_port'],
    ['instance_id: b\nmqtt_bridge: {port: none}', 'mqtt_bridge.port'],
    ['instance_id: b\nmqtt_bridge: {mqtt_ssl: perhaps}', 'mqtt_bridge.mqtt_ssl'],
    ['instance_id: b\nmqtt_bridge: on', 'mqtt_bridge'],
    ['just a text', '(file)'],
    ['', '(file)'],
  ])('refuses %j and names the path', (text, path) => {
    expect(() => readHummingbotConfig(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`${path}: `) }),
    )
  })

  it('never shows a value that it refuses', () => {
    const text = 'instance_id: b\nmqtt_bridge: {mqtt_password: [hunter2], mqtt_port: hunter2}'
    expect(() => readHummingbotConfig(text)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })

  it.each([
    ['a: [1', 'broken syntax'],
    ['a: 1\na: 2', 'a key twice'],
    [bomb(), 'a bomb of aliases'],
    [`a: ${'['.repeat(20_000)}`, 'endless nesting'],
  ])('refuses what is not YAML (%#: $1)', (text) => {
    expect(() => readHummingbotConfig(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('is not YAML') }),
    )
  })
})

/** Nine levels of nine aliases each: 9^9 values from some hundred bytes. */
function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [index, name] of ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].entries()) {
    const below = 'abcdefghi'[index]
    levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(', ')}]`)
  }
  return levels.join('\n')
}
