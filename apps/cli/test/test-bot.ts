import { type Bot, Bridge, CommandError } from '@botbus/bridge'
import { openBus } from '@botbus/config'
import type { Bus } from '@botbus/core'
import { NAMESPACE } from './cli-process.ts'

export interface TestBot extends AsyncDisposable {
  readonly bus: Bus
  readonly bridge: Bridge
  /** Every command that arrived: its name and its arguments. */
  readonly received: [command: string, request: unknown][]
}

export const TRADE = {
  market: 'kucoin',
  trade_id: '42',
  price: '27.5',
  quantity: '2',
  symbol: 'SOL-USDT',
  trade_timestamp: 1_671_819_499_000,
  trade_type: 'BUY',
  base_asset: 'SOL',
  quote_asset: 'USDT',
  raw_json: {},
}

/** A bot that notes what it is told, and answers something that can be recognised. */
export async function startTestBot(url: string, id: string, overrides: Bot = {}): Promise<TestBot> {
  // A test that cuts the link or closes the bus under a command would warn here.
  const bus = await openBus(url, { hooks: { observe: () => undefined } })
  const received: [string, unknown][] = []
  const note = (command: string, request: unknown): void => void received.push([command, request])
  const bot: Bot = {
    start: (request) => note('start', request),
    stop: (request) => note('stop', request),
    import: (request) => {
      note('import', request)
      if (request.strategy === '') throw new CommandError('Empty strategy_name given!')
    },
    config: (request) => {
      note('config', request)
      const known = request.params.filter(([key]) => key !== 'nope')
      if (known.length < request.params.length) {
        throw new CommandError("Invalid param key(s): ['nope']", { changes: known })
      }
      return {
        changes: known,
        config: {
          client: { instance_id: id, mqtt_bridge: { mqtt_host: 'localhost', mqtt_password: 'hunter2' } },
          strategy: { bid_spread: 0.5 },
        },
      }
    },
    balanceLimit: (request) => note('balanceLimit', request),
    balancePaper: (request) => {
      note('balancePaper', request)
      return `${request.asset} is ${request.amount}`
    },
    history: (request) => {
      note('history', request)
      return { trades: [TRADE], msg: 'one trade' }
    },
    status: (request) => {
      note('status', request)
      return 'Markets:\n\tSOL-USDT \u001b[31mred\u001b[0m'
    },
    commandShortcuts: (request) => {
      note('shortcut', request)
      return request.params.map(([name]) => name !== 'nope')
    },
    externalEvent: (name, event) => note(`event ${name}`, event),
    ...overrides,
  }
  const bridge = new Bridge({ bus, bot, id, settings: { namespace: NAMESPACE }, heartbeatInterval: 500 })
  await bridge.start()
  return {
    bus,
    bridge,
    received,
    [Symbol.asyncDispose]: async () => {
      await bridge.stop()
      await bus.close({ grace: 100 })
    },
  }
}
