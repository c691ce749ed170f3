import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chosenBroker, type TestBroker } from '../../../../tests/support/test-broker.ts'
import { type CliProcess, NAMESPACE, startCli } from '../../test/cli-process.ts'
import { startTestBot, type TestBot } from '../../test/test-bot.ts'

let broker: TestBroker
let alpha: TestBot
let beta: TestBot

beforeAll(async () => {
  broker = await chosenBroker()
  ;[alpha, beta] = await Promise.all([startTestBot(broker.url, 'alpha'), startTestBot(broker.url, 'beta')])
})

afterAll(async () => {
  await Promise.all([alpha?.[Symbol.asyncDispose](), beta?.[Symbol.asyncDispose]()])
  await broker?.[Symbol.asyncDispose]()
})

async function listening(args: string[], env: NodeJS.ProcessEnv = {}): Promise<CliProcess> {
  const process = startCli(args, { broker: broker.url, env })
  await process.shows('listening to')
  return process
}

const log = (bot: TestBot, level: 'DEBUG' | 'WARNING' | 'ERROR', message: string): void =>
  bot.bridge.log({ level, message, logger: 'strategy.pmm', timestamp: 1_795_443_544_640 })

describe('bot logs', () => {
  it('prints a line for each entry of one bot, above the level asked for', async () => {
    const process = await listening(['bot', 'logs', 'alpha', '--level', 'warning', '--count', '2', '-o', 'table'])
    log(alpha, 'DEBUG', 'not this')
    log(beta, 'ERROR', 'nor this')
    log(alpha, 'WARNING', 'low balance\u001b[1A')
    log(alpha, 'ERROR', 'boom\n2026 fake entry')
    expect(await process.ended).toEqual({
      stdout:
        '2026-11-23T14:19:04.640Z  WARNING  strategy.pmm: low balance\\x1b[1A\n' +
        '2026-11-23T14:19:04.640Z  ERROR    strategy.pmm: boom\n    2026 fake entry\n',
      stderr: 'listening to log of alpha\n',
      exitCode: 0,
    })
  })

  it('names the bot when it prints those of all', async () => {
    const process = await listening(['bot', 'logs', '--count', '1', '-o', 'table'])
    log(beta, 'ERROR', 'from beta')
    expect((await process.ended).stdout).toBe('2026-11-23T14:19:04.640Z  beta  ERROR    strategy.pmm: from beta\n')
  })

  it('uses colour where it is wanted, and never with NO_COLOR', async () => {
    const args = ['bot', 'logs', 'alpha', '--count', '1', '-o', 'table']
    const [coloured, plain] = await Promise.all([
      listening(args, { FORCE_COLOR: '1' }),
      listening(args, { NO_COLOR: '1' }),
    ])
    log(alpha, 'ERROR', 'red')
    expect((await coloured.ended).stdout).toContain('\u001b[31mERROR   \u001b[39m')
    expect((await plain.ended).stdout).not.toContain('\u001b')
  })

  it('ends by itself without -f, as there is nothing older to show', async () => {
    const process = await listening(['bot', 'logs', 'alpha', '--wait', '300ms'])
    expect(await process.ended).toMatchObject({ stdout: '', exitCode: 0 })
  })

  it('follows with -f until Ctrl-C', async () => {
    const process = await listening(['bot', 'logs', 'alpha', '-f'])
    log(alpha, 'ERROR', 'first')
    await process.shows('first')
    log(alpha, 'ERROR', 'second')
    await process.shows('second')
    const { stdout, exitCode } = await process.kill()
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { bot: 'alpha', topic: `${NAMESPACE}/alpha/log`, data: { msg: 'first', level_no: 40 } },
      { bot: 'alpha', topic: `${NAMESPACE}/alpha/log`, data: { msg: 'second' } },
    ])
    expect(exitCode).toBe(130)
  })
})

describe('bot events and bot notify', () => {
  it('prints events', async () => {
    const process = await listening(['bot', 'events', 'alpha', '--count', '1', '-o', 'table'])
    alpha.bridge.event('OrderFilled', { price: 1 })
    expect((await process.ended).stdout).toMatch(/^\d{4}-\S+Z {2}OrderFilled {2}\{"price":1\}\n$/)
  })

  it('prints notifications', async () => {
    const process = await listening(['bot', 'notify', 'alpha', '--count', '1'])
    alpha.bridge.notify('hello')
    expect(JSON.parse((await process.ended).stdout)).toMatchObject({ bot: 'alpha', data: { msg: 'hello' } })
  })
})

describe('bot ls --watch', () => {
  it('prints every change until Ctrl-C', async () => {
    const process = startCli(['bot', 'ls', '--watch'], { broker: broker.url })
    await process.shows('"beta"')
    const gamma = await startTestBot(broker.url, 'gamma')
    await process.shows('"gamma"')
    await gamma[Symbol.asyncDispose]()
    await process.shows('"offline"')
    const { stdout, exitCode } = await process.kill()
    const changes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; health: string })
    expect(changes.filter(({ id }) => id === 'gamma').map(({ health }) => health)).toEqual(['online', 'offline'])
    expect(exitCode).toBe(130)
  })
})
