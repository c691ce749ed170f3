import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BotEvent, botContract } from '@botbus/bridge'
import { loadConfig, openBus } from '@botbus/config'
import { type Server, startServer } from '@botbus/server'
import { describe, expect, it, vi } from 'vitest'
import { BROKER_KINDS, brokerOf, uniqueName } from '../support/test-broker.ts'
import { startPaperBot } from '../swap/paper-bot.ts'

const SECRET = 'kG7w-2mQp-Z9xR-4tVb'

const DEMO = {
  secrets: [SECRET],
  bot: 'alpha',
  allow: { commands: ['start', 'stop', 'import'] },
  rules: [{ when: { botAction: 'stop' }, do: [{ preset: 'bot.action' }] }, { do: [{ preset: 'order.market' }] }],
}

async function startOn(broker: string, namespace: string, folder: string): Promise<Server> {
  const plugins = { tradingview: { routes: { demo: DEMO } } }
  const overrides = {
    broker,
    store: `sqlite:${join(folder, 'store.db')}`,
    http: { port: 0 },
    bridge: { namespace },
    plugins,
  }
  return startServer(await loadConfig({ cwd: folder, env: {}, overrides }))
}

describe.each(BROKER_KINDS)('an alert posted by HTTP, on %s', (kind) => {
  it('makes the paper bot place the order, seen in its events', async () => {
    await using broker = await brokerOf(kind)
    const namespace = uniqueName('alerts')
    const folder = await mkdtemp(join(tmpdir(), 'botbus-alerts-'))
    try {
      await using server = await startOn(broker.url, namespace, folder)
      await using bus = await openBus(broker.url)
      const events: BotEvent[] = []
      const { channels } = botContract(namespace)
      await using _events = await bus.subscribe(channels.events, { bot: 'alpha' }, ({ data }) => void events.push(data))
      const post = async (alert: object): Promise<{ status: number; body: unknown }> => {
        const url = `${server.url}/webhooks/tradingview/demo`
        const response = await fetch(url, { method: 'POST', body: JSON.stringify({ secret: SECRET, ...alert }) })
        return { status: response.status, body: await response.json() }
      }
      // Posted before the bot is there: held until its first heartbeat.
      const alert = { action: 'buy', amount: '0.0123', timenow: new Date().toISOString() }
      const stored = await post(alert)
      expect(stored).toEqual({ status: 202, body: { id: expect.any(String), status: 'stored' } })
      await using _bot = await startPaperBot(broker.url, 'alpha', namespace)
      await vi.waitFor(() => expect(fillsOf(events)).toEqual(['0.0123']), 40_000)
      // Again, as TradingView does after an answer that it did not see.
      expect(await post(alert)).toMatchObject({ status: 200, body: { duplicate: true } })
      expect(await post({ ...alert, action: 'sell', amount: '0.004' })).toMatchObject({ status: 202 })
      await vi.waitFor(() => expect(fillsOf(events)).toEqual(['0.0123', '0.004']), 20_000)
      await vi.waitFor(async () => expect(await statuses(server)).toEqual(['succeeded', 'succeeded']), 20_000)
    } finally {
      await rm(folder, { recursive: true })
    }
  }, 120_000)
})

/** The amounts of the orders that were filled. */
function fillsOf(events: readonly BotEvent[]): string[] {
  return events.filter(({ type }) => type === 'OrderFilled').map(({ data }) => String(Number(data['amount'])))
}

async function statuses(server: Server): Promise<string[]> {
  const response = await fetch(`${server.url}/api/tradingview/alerts`)
  const alerts = (await response.json()) as { executions: { status: string }[] }[]
  return alerts.flatMap(({ executions }) => executions.map(({ status }) => status))
}
