import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chosenBroker, type TestBroker } from '../../../../tests/support/test-broker.ts'
import { type CliResult, NAMESPACE, runCli, startCli } from '../../test/cli-process.ts'
import { startTestBot, type TestBot, TRADE } from '../../test/test-bot.ts'

let broker: TestBroker
let alpha: TestBot

beforeAll(async () => {
  broker = await chosenBroker()
  alpha = await startTestBot(broker.url, 'alpha')
})

afterAll(async () => {
  await alpha?.[Symbol.asyncDispose]()
  await broker?.[Symbol.asyncDispose]()
})

beforeEach(() => {
  alpha.received.length = 0
})

const botbus = (...args: string[]): Promise<CliResult> => runCli(args, { broker: broker.url })
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await botbus(...args)).stdout)

describe('bot start', () => {
  it('sends every option as the field of the request that it stands for', async () => {
    const flags = ['--log-level', 'DEBUG', '--script', 's.py', '--conf', 'c.yml', '--restore', '--quickstart', '--wait']
    expect(await botbus('bot', 'start', 'alpha', ...flags, '-o', 'ndjson')).toEqual({
      stdout: '{"status":200,"msg":""}\n',
      stderr: '',
      exitCode: 0,
    })
    expect(alpha.received).toEqual([
      [
        'start',
        { log_level: 'DEBUG', script: 's.py', conf: 'c.yml', restore: true, is_quickstart: true, async_backend: false },
      ],
    ])
  })

  it('asks only for acceptance without --wait', async () => {
    expect(await botbus('bot', 'start', 'alpha', '-o', 'table')).toEqual({
      stdout: 'alpha accepted the start\n',
      stderr: '',
      exitCode: 0,
    })
    expect(alpha.received[0]?.[1]).toMatchObject({ async_backend: true })
  })
})

describe('bot stop', () => {
  it('cancels orders unless told to keep them', async () => {
    await botbus('bot', 'stop', 'alpha')
    await botbus('bot', 'stop', 'alpha', '--keep-orders', '--wait')
    expect(alpha.received).toEqual([
      ['stop', { skip_order_cancellation: false, async_backend: true }],
      ['stop', { skip_order_cancellation: true, async_backend: false }],
    ])
  })
})

describe('bot status', () => {
  it('shows the text of the bot, with its control characters escaped', async () => {
    expect(await botbus('bot', 'status', 'alpha', '-o', 'table')).toEqual({
      stdout: 'Markets:\n\tSOL-USDT \\x1b[31mred\\x1b[0m\n',
      stderr: '',
      exitCode: 0,
    })
    expect(alpha.received).toEqual([['status', { async_backend: false }]])
  })

  it('prints the text once, in data, when nobody looks at a terminal', async () => {
    const data = 'Markets:\n\tSOL-USDT \u001b[31mred\u001b[0m'
    expect(await json('bot', 'status', 'alpha')).toEqual({ status: 200, msg: '', data })
  })

  it('finds the text also where Hummingbot puts it, and leaves a refusal as it is', async () => {
    const answers = [
      { status: 200, msg: 'Markets:', data: '' },
      { status: 400, msg: 'No strategy', data: '' },
    ]
    const service = await alpha.bus.serve(`${NAMESPACE}/real/status`, () => answers.shift())
    expect(await json('bot', 'status', 'real')).toEqual({ status: 200, msg: '', data: 'Markets:' })
    expect(await json('bot', 'status', 'real')).toEqual({ status: 400, msg: 'No strategy', data: '' })
    await service.close()
  })
})

describe('bot history', () => {
  it('prints trades as a table below what the bot says', async () => {
    const { stdout } = await botbus('bot', 'history', 'alpha', '-o', 'table')
    expect(stdout.split('\n')).toEqual([
      'one trade',
      '',
      'TIME                      MARKET  SYMBOL    SIDE  PRICE  QUANTITY  TRADE ID',
      '2022-12-23T18:18:19.000Z  kucoin  SOL-USDT  BUY   27.5   2         42',
      '',
    ])
  })

  it('sends days, verbose and precision, and prints the trades as JSON', async () => {
    const answer = await json('bot', 'history', 'alpha', '--days', '0.5', '--verbose', '--precision', '4')
    expect(answer).toMatchObject({ status: 200, trades: [TRADE] })
    expect(alpha.received).toEqual([['history', { days: 0.5, verbose: true, precision: 4, async_backend: false }]])
  })
})

describe('bot import', () => {
  it('names the strategy', async () => {
    expect(await botbus('bot', 'import', 'alpha', 'conf_1', '-o', 'table')).toEqual({
      stdout: 'alpha imported conf_1\n',
      stderr: '',
      exitCode: 0,
    })
    expect(alpha.received).toEqual([['import', { strategy: 'conf_1' }]])
  })

  it('ends with 1 when the bot refuses, with its reason, and the answer as JSON', async () => {
    const { stdout, stderr, exitCode } = await botbus('bot', 'import', 'alpha', '')
    expect(JSON.parse(stdout)).toEqual({ status: 400, msg: 'Empty strategy_name given!' })
    expect(stderr).toBe('botbus: alpha answered 400 to import: Empty strategy_name given!\n')
    expect(exitCode).toBe(1)
  })

  it('prints no data for people when the bot refuses', async () => {
    expect(await botbus('bot', 'import', 'alpha', '', '-o', 'table')).toMatchObject({ stdout: '', exitCode: 1 })
  })
})

describe('bot config', () => {
  it('lists dotted keys, with secrets redacted', async () => {
    const { stdout, exitCode } = await botbus('bot', 'config', 'alpha', '-o', 'table')
    expect(stdout.split('\n')).toEqual([
      'SECTION   KEY                        VALUE',
      'client    instance_id                alpha',
      'client    mqtt_bridge.mqtt_host      localhost',
      'client    mqtt_bridge.mqtt_password  ***',
      'strategy  bid_spread                 0.5',
      '',
    ])
    expect(exitCode).toBe(0)
  })

  it('redacts in JSON too, also through call', async () => {
    for (const args of [
      ['bot', 'config', 'alpha'],
      ['call', `${NAMESPACE}/alpha/config`],
    ]) {
      const { stdout } = await botbus(...args)
      expect(JSON.parse(stdout)).toMatchObject({ config: { client: { mqtt_bridge: { mqtt_password: '***' } } } })
      expect(stdout).not.toContain('hunter2')
    }
  })

  it('sets values as JSON or text, and lists what was changed', async () => {
    const { stdout } = await botbus('bot', 'config', 'alpha', 'a.b=1', 'c=true', 'd=text', '-o', 'table')
    expect(stdout).toBe('CHANGED  VALUE\na.b      1\nc        true\nd        text\n')
    expect(alpha.received).toEqual([
      [
        'config',
        {
          params: [
            ['a.b', 1],
            ['c', true],
            ['d', 'text'],
          ],
        },
      ],
    ])
  })

  it('takes a secret from standard input and does not show it', async () => {
    const args = ['bot', 'config', 'alpha', 'mqtt_bridge.mqtt_password=@-', '-o', 'table']
    const { stdout } = await runCli(args, { broker: broker.url, input: 'swordfish\n' })
    expect(stdout).toBe('CHANGED                    VALUE\nmqtt_bridge.mqtt_password  ***\n')
    expect(alpha.received).toEqual([['config', { params: [['mqtt_bridge.mqtt_password', 'swordfish']] }]])
  })

  it('lists the changes that were made although the bot refused another', async () => {
    expect(await botbus('bot', 'config', 'alpha', 'a=1', 'nope=2', '-o', 'table')).toEqual({
      stdout: 'CHANGED  VALUE\na        1\n',
      stderr: "botbus: alpha answered 400 to config: Invalid param key(s): ['nope']\n",
      exitCode: 1,
    })
  })
})

describe('bot balance', () => {
  it('limits an asset on an exchange', async () => {
    expect(await botbus('bot', 'balance', 'limit', 'alpha', 'kucoin', 'USDT', '100', '-o', 'table')).toEqual({
      stdout: 'alpha may use 100 USDT on kucoin\n',
      stderr: '',
      exitCode: 0,
    })
    expect(alpha.received).toEqual([['balanceLimit', { exchange: 'kucoin', asset: 'USDT', amount: 100 }]])
  })

  it('sets paper money, and shows what the bot says', async () => {
    const { stdout } = await botbus('bot', 'balance', 'paper', 'alpha', 'USDT', '0.5', '-o', 'table')
    expect(stdout).toBe('USDT is 0.5\n')
  })

  it('refuses an amount that is none, and sends nothing', async () => {
    expect(await botbus('bot', 'balance', 'paper', 'alpha', 'USDT', 'much')).toEqual({
      stdout: '',
      stderr: 'botbus: the amount must be a number of 0 or more, not "much"\n',
      exitCode: 4,
    })
    expect(alpha.received).toEqual([])
  })
})

describe('bot shortcut and bot send-event', () => {
  it('runs a shortcut with its arguments', async () => {
    expect(await botbus('bot', 'shortcut', 'alpha', 'spreads', '1', '2', '-o', 'table')).toMatchObject({
      stdout: 'alpha ran it\n',
      exitCode: 0,
    })
    expect(alpha.received).toEqual([['shortcut', { params: [['spreads', '1', '2']] }]])
  })

  it('ends with 1 when the bot did not run the shortcut', async () => {
    expect(await botbus('bot', 'shortcut', 'alpha', 'nope', '-o', 'table')).toEqual({
      stdout: '',
      stderr: 'botbus: alpha did not run the shortcut nope\n',
      exitCode: 1,
    })
  })

  it('sends an external event', async () => {
    expect(await botbus('bot', 'send-event', 'alpha', 'order.market', '{"side":"buy"}', '--type', 'order')).toEqual({
      stdout: '',
      stderr: 'sent order.market to alpha\n',
      exitCode: 0,
    })
    await expect
      .poll(() => alpha.received)
      .toEqual([['event order.market', expect.objectContaining({ type: 'order', data: { side: 'buy' } })]])
  })
})

describe('bot ls', () => {
  it('lists bots as a table, as one array, and as lines', async () => {
    const args = ['bot', 'ls', '--wait', '1500ms']
    const results = await Promise.all(['table', 'json', 'ndjson'].map((format) => botbus(...args, '-o', format)))
    const [table, list, lines] = results.map(({ stdout }) => stdout) as [string, string, string]
    expect(table).toMatch(/^ID {5}HEALTH {2}HEARTBEAT {2}INSTANCE\nalpha {2}online {2}\d+m?s ago +[0-9a-f]{16}\n$/)
    const alphaOnline = { id: 'alpha', health: 'online', lastSeen: expect.any(String), instance: expect.any(String) }
    expect(JSON.parse(list)).toEqual([alphaOnline])
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([alphaOnline])
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  })

  it('shows that it listens, and names the bots that it has heard', async () => {
    const process = startCli(['bot', 'ls'], { broker: broker.url })
    await process.shows(/^listening for heartbeats … \d+ of 11s, 1 heard: alpha\n/m)
    expect(await process.kill()).toMatchObject({ stdout: '', exitCode: 130 })
  })

  it('ends with 0 and an empty list when there is no bot', async () => {
    expect(await botbus('bot', 'ls', '--wait', '300ms', '--namespace', 'empty')).toEqual({
      stdout: '[]\n',
      stderr: 'no bot was heard on empty/+/hb within 300ms\n',
      exitCode: 0,
    })
  })
})
