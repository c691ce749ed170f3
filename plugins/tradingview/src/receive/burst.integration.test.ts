import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@botbus/store'
import { expect, it, vi } from 'vitest'
import { route, SECRET, TestHost } from '../../test/host.ts'

const ALERTS = 10_000
const AT_ONCE = 64
/** The journal of one bot waits for the disk before each delivery: some hundred a second, and as many again for each other bot. */
const BOTS = 25

/** The status of the answer. */
function post(agent: Agent, port: number, n: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/webhooks/tradingview/demo' },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0))
      },
    )
    outgoing.once('error', reject)
    outgoing.end(JSON.stringify({ secret: SECRET, action: 'buy', bot: `b${n % BOTS}`, n: String(n) }))
  })
}

it('keeps all of 10,000 alerts in a burst while the bots are away, and delivers each of them once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'botbus-burst-'))
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  try {
    await using store = await openStore(`sqlite:${join(folder, 'store.db')}`)
    const rules = [{ do: [{ event: 'tick', data: { n: '{{fields.n:integer}}' } }] }]
    const demo = route({ rules, allow: { bots: ['b*'] }, rateLimit: 100_000, holdFor: 600 })
    await using host = await TestHost.start({ config: { routes: { demo } }, store })
    await host.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = host.app.server.address() as AddressInfo
    const arrived: number[] = []
    await host.bus.subscribe('hbot/+/external/event/tick', ({ data }) => {
      arrived.push((data as { data: { n: number } }).data.n)
    })
    const heapBefore = process.memoryUsage().heapUsed

    const statuses = new Map<number, number>()
    let next = 0
    const client = async (): Promise<void> => {
      while (next < ALERTS) {
        const status = await post(agent, port, next++)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, client))
    expect([...statuses]).toEqual([[202, ALERTS]])
    // As many wait as the store takes: the next one is to come again.
    expect(await post(agent, port, ALERTS)).toBe(503)
    expect(arrived).toEqual([])
    const heap = process.memoryUsage().heapUsed - heapBefore

    await Promise.all(Array.from({ length: BOTS }, (_, bot) => host.heard(`b${bot}`)))
    await vi.waitFor(() => expect(arrived).toHaveLength(ALERTS), { timeout: 18_000, interval: 100 })
    expect(new Set(arrived).size).toBe(ALERTS)
    const executions = store.forPlugin('tradingview').executions
    await vi.waitFor(async () => expect(await executions.open(['pending', 'sent'])).toEqual([]), { timeout: 5_000 })
    expect(await host.deadLetters()).toEqual([])
    expect(heap).toBeLessThan(256 * 1_048_576)
  } finally {
    agent.destroy()
    await rm(folder, { recursive: true })
  }
})
