import { BotClient, discoverBots } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { BotbusError } from '@botbus/core'
import { expect, vi } from 'vitest'
import { startPaperBot } from './paper-bot.ts'

const CHANNELS = ['heartbeat', 'log', 'events', 'notify', 'statusUpdates', 'performance'] as const
const SOON = { timeout: 20_000, interval: 20 }

/** Walks one bot through all that the contract has. Nothing in here knows which broker it is on. */
export async function walk(url: string, id: string, namespace: string): Promise<void> {
  await using bus = await openBus(url, { namespaces: [namespace] })
  await using directory = await discoverBots(bus, { namespace })
  const bot = new BotClient(bus, id, { namespace })
  const heard = await listenToAll(bot)

  const nobody = await bot.stop({}, { timeout: 1_000 }).then(
    () => expect.unreachable(),
    (error: BotbusError) => error,
  )
  const canTell = bus.capabilities.noResponder !== 'presence'
  expect(nobody).toMatchObject(canTell ? { code: 'NO_RESPONDER', outcome: 'not_sent' } : { code: 'TIMEOUT' })

  await using running = await startPaperBot(url, id, namespace)
  await vi.waitFor(() => expect(directory.get(id)?.health).toBe('online'), SOON)
  expect(heard.statusUpdates).toContainEqual(expect.objectContaining({ msg: 'online' }))

  await commands(bot)
  await strategy(bot, heard)

  for (const channel of CHANNELS) await vi.waitFor(() => expect(heard[channel], channel).not.toEqual([]), SOON)
  expect(await running.stop()).toBe(0)
  await vi.waitFor(() => expect(directory.get(id)?.health).toBe('offline'), SOON)
}

type Heard = Record<(typeof CHANNELS)[number], Record<string, unknown>[]>

async function listenToAll(bot: BotClient): Promise<Heard> {
  const heard = Object.fromEntries(CHANNELS.map((channel) => [channel, []])) as unknown as Heard
  await Promise.all(
    CHANNELS.map((channel) =>
      bot.on(channel, ({ data }) => void heard[channel].push(data as unknown as Record<string, unknown>)),
    ),
  )
  return heard
}

/** What needs no running strategy. */
async function commands(bot: BotClient): Promise<void> {
  expect(await bot.status()).toMatchObject({ status: 400, msg: 'No strategy is currently running!' })
  expect(await bot.import({ strategy: 'conf_pure_mm_1' })).toMatchObject({ status: 200 })
  expect(await bot.import({ strategy: 'no_such_file' })).toMatchObject({ status: 400 })
  const { config } = await bot.config()
  expect(config).toMatchObject({ client: { instance_id: bot.id }, strategy: { bid_spread: expect.anything() } })
  const changes = { params: [['bid_spread', 0.4] as [string, unknown], ['nope', 1] as [string, unknown]] }
  expect(await bot.config(changes)).toMatchObject({ status: 400, changes: [['bid_spread', 0.4]] })
  expect(await bot.balanceLimit({ exchange: 'kucoin', asset: 'USDT', amount: 100 })).toMatchObject({ status: 200 })
  expect(await bot.balancePaper({ asset: 'USDT', amount: '50000.25' })).toMatchObject({ status: 200 })
  expect((await bot.config()).config).toMatchObject({
    client: { paper_trade: { paper_trade_account_balance: { USDT: '50000.25' } } },
  })
}

/** From start to stop, with a trade between. */
async function strategy(bot: BotClient, heard: Heard): Promise<void> {
  expect(await bot.start({ log_level: 'DEBUG', async_backend: false })).toMatchObject({ status: 200 })
  expect(await bot.status({ async_backend: false })).toMatchObject({ status: 200 })
  expect(await bot.commandShortcuts({ params: [['spreads', '1', '2'], ['nope']] })).toMatchObject({
    success: [true, false],
  })
  await bot.sendEvent('order.market', { type: 'buy', amount: '0.01' })
  await vi.waitFor(async () => expect((await bot.history()).trades).not.toEqual([]), SOON)
  const { trades } = await bot.history({ days: 1, verbose: true, precision: 2 })
  expect(trades[0]).toMatchObject({ symbol: 'BTC-USDT', trade_type: 'BUY' })
  await vi.waitFor(() => expect(heard.events.map(({ type }) => type)).toContain('OrderFilled'), SOON)
  // Published each second.
  await vi.waitFor(() => expect(heard.performance).not.toEqual([]), SOON)
  expect(await bot.stop({ skip_order_cancellation: false })).toMatchObject({ status: 200 })
  await vi.waitFor(() => expect(heard.notify.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^Stopped\./)))
  await vi.waitFor(() => expect(heard.events.map(({ type }) => type)).toContain('OrderCancelled'), SOON)
  expect(await bot.status()).toMatchObject({ status: 400 })
}
