import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BotClient } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startMosquitto } from '../../../../scripts/broker/mosquitto/mosquitto.mjs'
import { chosenBroker, chosenKind, type TestBroker, uniqueName } from '../../../../tests/support/test-broker.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const source = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const READY = { timeout: 20_000 }
/** Others may use the broker at the same time. */
const namespace = uniqueName('paper')

class Program {
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | NodeJS.Signals | null>

  constructor(args: string[], folder: string, more: NodeJS.ProcessEnv = { BOTBUS_BRIDGE_NAMESPACE: namespace }) {
    const { BOTBUS_BROKER: _, ...env } = process.env
    this.process = spawn(process.execPath, [...source, main, ...args], { cwd: folder, env: { ...env, ...more } })
    this.process.stdout?.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.process.stderr?.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.ended = new Promise((resolve) => this.process.once('close', (code, signal) => resolve(code ?? signal)))
  }

  type(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }

  async says(text: string): Promise<void> {
    await vi.waitFor(() => expect(`${this.stdout}${this.stderr}`).toContain(text), READY)
  }
}

describe('botbus-paper-bot', () => {
  const folder = mkdtempSync(join(tmpdir(), 'botbus-paper-bot-'))
  const nowhere = `${chosenKind}://127.0.0.1:1`
  const programs: Program[] = []
  let broker: TestBroker
  let bus: Bus

  const keep = (program: Program): Program => {
    programs.push(program)
    return program
  }
  const run = (...args: string[]): Program => keep(new Program(args, folder))

  beforeAll(async () => {
    broker = await chosenBroker()
    bus = await openBus(broker.url, { namespaces: [namespace] })
  })

  afterEach(async () => {
    for (const { process, ended } of programs.splice(0)) {
      process.kill('SIGKILL')
      await ended
    }
  })

  afterAll(async () => {
    await bus.close()
    await broker[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  it('starts its strategy, says that it is ready, answers, trades, and says goodbye on SIGTERM', async () => {
    const data = join(folder, 'data')
    const bot = run('--id', 'alpha', '--broker', broker.url, '--start', '--strategy', 'conf_pure_mm_1', '--data', data)
    await bot.says(`ready: bot alpha on ${broker.url}\n`)
    const client = new BotClient(bus, 'alpha', { namespace })
    await vi.waitFor(async () => expect(await client.status()).toMatchObject({ status: 200 }))
    const last: string[] = []
    await client.on('statusUpdates', ({ data }) => void last.push(String(data.msg)))
    await client.on('events', ({ data }) => void last.push(data.type))
    await client.sendEvent('order.market', { type: 'buy', amount: '0.01' })
    await vi.waitFor(async () => expect((await client.history()).trades).not.toEqual([]))
    bot.process.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
    await vi.waitFor(() => expect(last.at(-1)).toBe('offline'))
    expect(last).toContain('OrderCancelled')
    expect(existsSync(join(data, 'trades.jsonl'))).toBe(true)
  })

  it('keeps trades and changed settings in its data folder', async () => {
    const args = ['--id', 'beta', '--broker', broker.url, '--data', join(folder, 'beta')]
    const client = new BotClient(bus, 'beta', { namespace })
    const first = run(...args)
    await first.says('ready:')
    await client.config({ params: [['fees.taker_percent', '0.25']] })
    await client.sendEvent('order.market', { type: 'buy', amount: '0.01' })
    await vi.waitFor(async () => expect((await client.history()).trades).toHaveLength(1))
    first.type('exit')
    expect(await first.ended).toBe(0)
    const second = run(...args)
    await second.says('ready:')
    expect((await client.history()).trades).toHaveLength(1)
    expect((await client.config()).config?.client).toMatchObject({ fees: { taker_percent: '0.25' } })
  })

  it('takes a Hummingbot conf_client.yml, and waits for mqtt_start where autostart is off', async () => {
    const conf = join(folder, 'conf_client.yml')
    await using mosquitto = await startMosquitto()
    await using bus = await openBus(mosquitto.url, { namespaces: ['lab'] })
    const { hostname, port } = new URL(mosquitto.url)
    writeFileSync(
      conf,
      `instance_id: gamma\nmqtt_bridge:\n  mqtt_host: ${hostname}\n  mqtt_port: ${port}\n  mqtt_namespace: lab\n`,
    )
    const bot = keep(new Program(['--hummingbot-conf', conf], folder, {}))
    await bot.says('ready: bot gamma; the bridge is not started, type mqtt_start')
    const client = new BotClient(bus, 'gamma', { namespace: 'lab' })
    await expect(client.history()).rejects.toMatchObject({ code: 'NO_RESPONDER' })
    bot.type('mqtt_start')
    await bot.says('The bridge runs on')
    expect(await client.history()).toMatchObject({ status: 200 })
    bot.type('status')
    await bot.says('No strategy is currently running!')
    bot.type('mqtt_stop')
    await bot.says('The bridge is stopped.')
    await expect(client.history()).rejects.toMatchObject({ code: 'NO_RESPONDER' })
  })

  it('takes a repeated signal for one', async () => {
    const bot = run('--id', 'alpha', '--broker', broker.url)
    await bot.says('ready:')
    bot.process.kill('SIGINT')
    bot.process.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
  })

  it('says which broker it waits for, and can be stopped meanwhile', async () => {
    const bot = run('--id', 'delta', '--broker', nowhere)
    await bot.says(`waiting for the broker ${nowhere}`)
    bot.type('mqtt_start')
    await bot.says(`The bridge waits for ${nowhere}.`)
    bot.type('mqtt_stop')
    await bot.says('The bridge is stopped.')
    bot.type('status')
    await bot.says('No strategy is currently running!')
    bot.process.kill('SIGINT')
    expect(await bot.ended).toBe(0)
    expect(bot.stdout).not.toContain('ready')
  })

  it('ends quietly when the reader of its help leaves', async () => {
    const program = new Program(['--help'], folder)
    program.process.stdout?.destroy()
    expect(await program.ended).toBe(0)
    expect(program.stderr).toBe('')
  })

  it.each([
    [[], 4, 'no id: use --id'],
    [['--id', 'a.b'], 4, 'a.b'],
    [['--id', 'a', '--nope'], 4, 'unknown option'],
    [['--id', 'a', '--feed', 'magic'], 4, 'Expected simulated, replay:FILE or live:EXCHANGE.'],
    [['--id', 'a', '--strategy', 'missing'], 4, "No such file or directory: 'missing.yml'"],
    [['--id', 'a', '--start'], 4, 'Please import or create a strategy.'],
    [['--id', 'a', '--broker', 'mqtt://u:geheim@127.0.0.1'], 4, 'a password must not stand on the command line'],
    [['--id', 'a', '--log-level', 'LOUD'], 4, "Invalid log level: 'LOUD'"],
    [['--help'], 0, 'Examples:'],
    [['--version'], 0, '0.1.0'],
  ])('%j ends with %i', async (args, code, text) => {
    const bot = run(...args)
    expect(await bot.ended).toBe(code)
    expect(bot.stdout + bot.stderr).toContain(text)
    expect(bot.stdout + bot.stderr).not.toContain('geheim')
  })
})
