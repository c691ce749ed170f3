import { type Bot, CommandError } from '@botbus/bridge'
import { expect, vi } from 'vitest'
import { eventually, numbers } from '../stage/waiting.ts'
import type { Suite } from '../suite.ts'
import { Bots } from './bots.ts'

const TRADES = [{ market: 'paper', trade_id: '1', price: '20000.1', quantity: '0.5', symbol: 'BTC-USDT' }]
const CONFIG = { client: { instance_id: 'x', rate: 0.5 }, strategy: { spread: '1 %', levels: [1, 2] } }

/** It does what it is told, or says why not. */
function workingBot(): Required<Omit<Bot, 'externalEvent'>> {
  return {
    start: vi.fn(({ script }) => `started ${script}`),
    stop: vi.fn(({ skip_order_cancellation }) => `stopped ${skip_order_cancellation}`),
    import: vi.fn(({ strategy }) => `imported ${strategy}`),
    config: vi.fn(({ params }) => ({ changes: params, config: CONFIG })),
    balanceLimit: vi.fn(({ exchange, asset, amount }) => `${exchange} ${asset} ${amount}`),
    balancePaper: vi.fn(({ asset, amount }) => `${asset} ${amount}`),
    history: vi.fn(() => ({ trades: TRADES, msg: 'one trade' })),
    status: vi.fn(() => 'all is well: ä€😀'),
    commandShortcuts: vi.fn(({ params }) => params.map(([name]: string[]) => name === 'spreads')),
  }
}

export function commands({ promise }: Suite): void {
  promise('bridge', 'a bot is walked through all commands and gives each answer', async (stage) => {
    const bots = new Bots(stage)
    const bot = workingBot()
    await bots.bridge(bot)
    const client = await bots.client()
    expect(await client.import({ strategy: 'pure_mm' })).toEqual({ status: 200, msg: 'imported pure_mm' })
    expect(await client.start({ script: 'x.py', log_level: 'DEBUG' })).toEqual({ status: 200, msg: 'started x.py' })
    expect(await client.status()).toEqual({ status: 200, msg: '', data: 'all is well: ä€😀' })
    expect(await client.history({ days: 1.5, verbose: true })).toEqual({
      status: 200,
      msg: 'one trade',
      trades: TRADES,
    })
    const params: [string, unknown][] = [
      ['spread', 0.5],
      ['pair', 'BTC-USDT'],
    ]
    expect(await client.config({ params })).toEqual({ status: 200, msg: '', changes: params, config: CONFIG })
    const limit = await client.balanceLimit({ exchange: 'paper', asset: 'BTC', amount: 0.25 })
    expect(limit).toEqual({ status: 200, msg: '', data: 'paper BTC 0.25' })
    const paper = await client.balancePaper({ asset: 'USDT', amount: 1_000 })
    expect(paper).toEqual({ status: 200, msg: '', data: 'USDT 1000' })
    const shortcuts = await client.commandShortcuts({ params: [['spreads', '1'], ['nope']] })
    expect(shortcuts).toEqual({ status: 200, msg: '', success: [true, false] })
    expect(await client.stop({ skip_order_cancellation: true })).toEqual({ status: 200, msg: 'stopped true' })
    for (const method of Object.values(bot)) expect(method).toHaveBeenCalledOnce()
  })

  promise(
    'bridge',
    'what a bot refuses, cannot do or is asked wrongly is answered with 400 and the reason',
    async (stage) => {
      const bots = new Bots(stage)
      const stop = vi.fn(() => undefined)
      const changes: [string, unknown][] = [['rate', 2]]
      await bots.bridge({
        stop,
        start: () => {
          throw new Error('no strategy is imported')
        },
        config: () => {
          throw new CommandError('only one was set', { changes })
        },
      })
      const party = await stage.open()
      const client = await bots.client(bots.id('bot'), party)
      expect(await client.start()).toEqual({ status: 400, msg: 'no strategy is imported' })
      expect(await client.config({ params: changes })).toMatchObject({ status: 400, msg: 'only one was set', changes })
      expect(await client.history()).toEqual({ status: 400, msg: 'this bot has no command "history"', trades: [] })
      const address = `hbot/${bots.id('bot')}/stop`
      const wrong = await party.bus.call(address, { skip_order_cancellation: 'perhaps' })
      expect(wrong).toEqual({ status: 400, msg: expect.stringContaining('skip_order_cancellation') })
      expect(await party.bus.call(address, [])).toMatchObject({ status: 400 })
      expect(stop).not.toHaveBeenCalled()
    },
  )

  promise('bridge', 'calls of 20 bots at once each get the answer of their own bot', async (stage) => {
    const bots = new Bots(stage)
    const ids = numbers(20).map((index) => bots.id(`bot${index}`))
    const shared = await stage.open()
    await Promise.all(ids.map((id) => bots.bridge({ status: () => `I am ${id}` }, { id, bus: shared.bus })))
    const controller = await stage.open()
    const clients = await Promise.all(ids.map((id) => bots.client(id, controller)))
    const answers = await Promise.all(clients.map((client) => client.status()))
    expect(answers.map(({ data }) => data)).toEqual(ids.map((id) => `I am ${id}`))
  })

  promise('bridge', 'of two starts at once one runs, and the bot refuses the other', async (stage) => {
    const bots = new Bots(stage)
    let isRunning = false
    const refusal = 'The bot is already running - please run "stop" first'
    await bots.bridge({
      start: async () => {
        if (isRunning) throw new Error(refusal)
        await new Promise((resolve) => setImmediate(resolve))
        isRunning = true
      },
    })
    const clients = await Promise.all([bots.client(), bots.client()])
    const answers = await Promise.all(clients.map((client) => client.start()))
    expect(answers).toContainEqual({ status: 200, msg: '' })
    expect(answers).toContainEqual({ status: 400, msg: refusal })
  })

  promise('bridge', 'a stop overtakes what waits, and what it overtook is refused', async (stage) => {
    const bots = new Bots(stage)
    const running = Promise.withResolvers<void>()
    const ran: string[] = []
    await bots.bridge({
      import: async () => {
        ran.push('import')
        await running.promise
      },
      start: () => void ran.push('start'),
      stop: () => void ran.push('stop'),
    })
    const client = await bots.client()
    const importing = client.import({ strategy: 'x' })
    await eventually(() => expect(ran).toEqual(['import']))
    const starting = client.start()
    const stopping = client.stop()
    // The bot has both when it answers what is asked after them.
    await client.status()
    running.resolve()
    expect(await stopping).toMatchObject({ status: 200 })
    expect(await importing).toMatchObject({ status: 200 })
    const { status } = await starting
    expect(ran.filter((name) => name !== 'start')).toEqual(['import', 'stop'])
    expect(ran.includes('start')).toBe(status === 200)
  })
}
