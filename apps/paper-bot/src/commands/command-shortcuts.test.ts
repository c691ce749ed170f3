import { describe, expect, it } from 'vitest'
import { context, makeBot } from '../../test/harness.ts'

describe('command shortcuts', () => {
  it('knows "spreads", which sets both spreads', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    expect(await bot.commandShortcuts({ params: [['spreads', '0.5', '0.75']] }, context)).toEqual([true])
    expect(bot.config({ params: [] }).config.strategy).toMatchObject({ bid_spread: '0.5', ask_spread: '0.75' })
  })

  it('answers for each whether it was carried out', async () => {
    const { bot, logs } = makeBot()
    const params = [['spreads', '1', '1'], ['spreads', '1'], ['other']]
    expect(await bot.commandShortcuts({ params }, context)).toEqual([false, false, false])
    expect(logs.map(({ msg }) => msg)).toEqual([
      "Shortcut 'spreads': Invalid param key(s): ['bid_spread']",
      "Shortcut 'spreads': it takes 2 arguments.",
      "Shortcut 'other': there is none of that name.",
    ])
  })

  it('runs what the configuration says', async () => {
    const go = {
      command: 'go',
      help: '',
      arguments: ['File'],
      output: ['import $1', 'start', 'balance limit kucoin USDT 5'],
    }
    const { bot } = makeBot({ settings: { shortcuts: [go] } })
    expect(
      await bot.commandShortcuts(
        {
          params: [
            ['go', 'conf_pure_mm_1'],
            ['go', 'missing'],
          ],
        },
        context,
      ),
    ).toEqual([true, false])
    expect(bot.status()).toContain('conf_pure_mm_1.yml')
    bot.close()
  })

  it('does not let an argument smuggle in more words', async () => {
    const { bot } = makeBot()
    await bot.import({ strategy: 'conf_pure_mm_1' })
    expect(await bot.commandShortcuts({ params: [['spreads', '1 2', '1']] }, context)).toEqual([false])
  })
})
