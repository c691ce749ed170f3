import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { context, makeBot, START } from '../../test/harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'botbus-conf-'))
const conf = join(folder, 'conf')
writeFileSync(join(folder, 'secret.yml'), 'strategy: pure_market_making\n')
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

describe('import', () => {
  it.each(['conf_pure_mm_1', 'conf_trend_1', 'conf_liquidity_mining_1', 'conf_pure_mm_1.yml'])(
    'loads the example %s',
    async (strategy) => {
      const { bot, notes } = makeBot()
      await bot.import({ strategy })
      expect(notes.at(-1)).toMatch(/^Imported conf_\w+\.yml/)
    },
  )

  it('finds files of the given folder before the examples', async () => {
    write('conf_pure_mm_1.yml', 'strategy: pure_market_making\nbid_spread: 7\nmarket: eth-usdt\n')
    const { bot } = makeBot({ folders: [folder] })
    await bot.import({ strategy: 'conf_pure_mm_1' })
    expect(bot.config({ params: [] }).config.strategy).toMatchObject({
      bid_spread: '7',
      market: 'ETH-USDT',
      exchange: 'binance',
    })
  })

  it.each([
    ['', /^Empty strategy_name given!$/],
    ['missing', /^\[Errno 2\] No such file or directory: 'missing\.yml'$/],
    ['../secret', /^Invalid strategy name: '\.\.\/secret\.yml'\./],
    ['/etc/passwd', /^Invalid strategy name/],
    ['..\\secret', /^Invalid strategy name/],
    ['.hidden', /^Invalid strategy name/],
  ])('refuses the name %j', async (strategy, message) => {
    await expect(makeBot({ folders: [conf] }).bot.import({ strategy })).rejects.toThrow(message)
  })

  it('refuses what is no small file', async () => {
    write('huge.yml', `strategy: pure_market_making\n${'# x\n'.repeat(100_000)}`)
    symlinkSync('/dev/zero', join(folder, 'endless.yml'))
    mkdirSync(join(folder, 'folder.yml'))
    for (const strategy of ['huge', 'endless', 'folder']) {
      const imported = makeBot({ folders: [folder] }).bot.import({ strategy })
      await expect(imported).rejects.toThrow(`${strategy}.yml: expected a file of at most`)
    }
  })

  it.each([
    [
      'an unknown kind',
      'strategy: arbitrage\n',
      "strategy: unknown 'arbitrage'. Known are pure_market_making, trend_follower.",
    ],
    ['an unknown key', 'strategy: pure_market_making\nbid_spred: 1\n', 'bid_spred'],
    ['a wrong value', 'strategy: pure_market_making\nbid_spread: -1\n', 'bid_spread: must be greater than 0, found -1'],
    ['no number', 'strategy: trend_follower\nfast_period: soon\n', 'fast_period: expected an integer'],
    [
      'keys that do not fit',
      'strategy: trend_follower\nfast_period: 30\nslow_period: 30\n',
      'fast_period: must be less than slow_period (30)',
    ],
    ['an unknown exchange', 'strategy: trend_follower\nexchange: mtgox\n', "exchange: Invalid exchange: 'mtgox'"],
    ['broken YAML', 'strategy: [\n', 'is not valid YAML'],
    ['a list', '- strategy\n', 'expected keys and values'],
  ])('refuses a file with %s', async (_, text, message) => {
    write('wrong.yml', text)
    await expect(makeBot({ folders: [folder] }).bot.import({ strategy: 'wrong' })).rejects.toThrow(message)
  })

  it('refuses while a strategy runs', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    await bot.start(START, context)
    await expect(bot.import({ strategy: 'conf_trend_1' })).rejects.toThrow(
      'The bot is already running - please run "stop" first',
    )
    bot.close()
  })
})
