import { describe, expect, it } from 'vitest'
import { type CliProcess, type CliResult, runCli, startCli } from '../../apps/cli/test/cli-process.ts'
import { uniqueName } from '../support/test-broker.ts'
import { SHARED_BROKERS } from './brokers.ts'
import { startPaperBot } from './paper-bot.ts'

/** The command line in processes of its own, on one broker and one namespace. */
class CommandLine {
  readonly #options: { broker: string; env: NodeJS.ProcessEnv }

  constructor(broker: string, namespace: string) {
    this.#options = { broker, env: { BOTBUS_BRIDGE_NAMESPACE: namespace } }
  }

  run(...args: string[]): Promise<CliResult> {
    return runCli(args, this.#options)
  }

  async answer(...args: string[]): Promise<unknown> {
    const { stdout, stderr, exitCode } = await this.run(...args)
    expect({ args, stderr, exitCode }).toEqual({ args, stderr: '', exitCode: 0 })
    return JSON.parse(stdout)
  }

  async listen(...args: string[]): Promise<CliProcess> {
    const command = startCli(args, this.#options)
    await command.shows(/^(listening to|serving)/m)
    return command
  }
}

const firstLine = async ({ ended }: CliProcess): Promise<unknown> =>
  JSON.parse((await ended).stdout.split('\n')[0] ?? '')

describe.each(SHARED_BROKERS)('botbus on $name', ({ start }) => {
  it('controls and watches a bot', async () => {
    await using broker = await start()
    const [id, namespace] = [uniqueName('bot'), uniqueName('swap')]
    const botbus = new CommandLine(broker.url, namespace)
    const list = botbus.run('bot', 'ls', '-o', 'ndjson')
    await using bot = await startPaperBot(broker.url, id, namespace)
    const channels = ['logs', 'events', 'notify'].map((name) =>
      botbus.listen('bot', name, id, '--count', '1', '--wait', '50s'),
    )
    const listening = await Promise.all(channels)

    expect(await botbus.answer('bot', 'import', id, 'conf_pure_mm_1')).toMatchObject({ status: 200 })
    expect(await botbus.answer('bot', 'config', id, 'bid_spread=0.4')).toMatchObject({ changes: [['bid_spread', 0.4]] })
    expect(await botbus.answer('bot', 'balance', 'limit', id, 'kucoin', 'USDT', '100')).toMatchObject({ status: 200 })
    expect(await botbus.answer('bot', 'balance', 'paper', id, 'USDT', '50000')).toMatchObject({ status: 200 })
    expect(await botbus.answer('bot', 'start', id, '--wait')).toMatchObject({ status: 200 })
    expect(await botbus.answer('bot', 'status', id)).toMatchObject({ status: 200, data: expect.any(String) })
    expect(await botbus.answer('bot', 'shortcut', id, 'spreads', '1', '2')).toMatchObject({ success: [true] })
    expect(await botbus.run('bot', 'send-event', id, 'order.market', '{"type":"buy","amount":"0.01"}')).toMatchObject({
      exitCode: 0,
    })
    await expect
      .poll(() => botbus.answer('bot', 'history', id), { timeout: 20_000 })
      .toMatchObject({
        trades: expect.arrayContaining([expect.objectContaining({ quantity: '0.01', trade_type: 'BUY' })]),
      })
    expect(await botbus.answer('bot', 'stop', id, '--wait')).toMatchObject({ status: 200 })

    const heard = await Promise.all(listening.map(firstLine))
    expect(heard).toMatchObject(Array.from({ length: 3 }, () => ({ bot: id, retained: false })))
    expect(JSON.parse((await list).stdout)).toMatchObject({ id, health: 'online' })
    expect(await bot.stop()).toBe(0)
    // Some fifteen programs, one after the other.
  }, 120_000)

  it('says that a bot is not there, with exit code 2', async () => {
    await using broker = await start()
    const botbus = new CommandLine(broker.url, uniqueName('swap'))
    const { stdout, stderr, exitCode } = await botbus.run('bot', 'status', 'nobody')
    expect({ stdout, exitCode }, stderr).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toMatch(/no bot "nobody" (is there|was heard)/)
  })

  it('publishes, listens, calls and serves', async () => {
    await using broker = await start()
    const topic = uniqueName('swap')
    const botbus = new CommandLine(broker.url, topic)
    const sub = await botbus.listen('sub', `${topic}/+/price`, '--count', '1', '--wait', '50s')
    expect(await botbus.run('pub', `${topic}/btc/price`, '{"price":1}')).toMatchObject({ exitCode: 0 })
    expect(await firstLine(sub)).toEqual({ topic: `${topic}/btc/price`, retained: false, data: { price: 1 } })
    const serve = await botbus.listen('serve', `${topic}/same`, '--echo', '--count', '1')
    expect(await botbus.answer('call', `${topic}/same`, '{"n":1}')).toEqual({ n: 1 })
    expect(await serve.ended).toMatchObject({ exitCode: 0 })
  })
})
