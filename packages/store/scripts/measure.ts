// How many entries a second the store accepts, each with two guards and one execution, and how long one takes:
// BOTBUS_TEST_STORE=sqlite:FILE node --conditions=@botbus/source packages/store/scripts/measure.ts [seconds]
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Inbox } from '@botbus/plugin'
import { openStore } from '../src/index.ts'

const CONCURRENCY = [1, 32, 1_000]

const WAITING = 5_000

let count = 0
let inbox: Inbox

const url = process.env['BOTBUS_TEST_STORE'] ?? 'sqlite::memory:'
const seconds = Number(process.argv[2] ?? 5)
const store = await openStore(url, { maxPending: 10_000_000 })
const results = []
for (const concurrency of CONCURRENCY) {
  await measure(concurrency, 0.5)
  results.push(await measure(concurrency, seconds))
}
console.table(results)
await store.close()

async function measure(concurrency: number, duration: number): Promise<Record<string, number>> {
  const latencies: number[] = []
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const [cpu, start] = [process.cpuUsage(), performance.now()]
  const end = start + duration * 1_000
  const worker = async (): Promise<void> => {
    for (let now = performance.now(); now < end; now = performance.now()) {
      await accept()
      latencies.push(performance.now() - now)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  latencies.sort((one, other) => one - other)
  return {
    concurrency,
    'accepts/s': Math.round((latencies.length / elapsed) * 1_000),
    'p50 ms': at(latencies, 0.5),
    'p99 ms': at(latencies, 0.99),
    'loop held p99 ms': Math.round(loop.percentile(99) / 1e4) / 100,
    'CPU of this process %': Math.round((user + system) / 10 / elapsed),
    'CPU µs/accept': Math.round((user + system) / latencies.length),
  }
}

async function accept(): Promise<void> {
  const now = Date.now()
  // A plugin has no more that waits than in life.
  if (count % WAITING === 0) inbox = store.forPlugin(`measure-${process.pid}-${count / WAITING}`).inbox
  count++
  await inbox.accept({
    source: 'measure',
    receivedAt: now,
    sender: '127.0.0.1',
    content: { ticker: 'BTCUSDT', action: 'buy', amount: '0.01', price: '64000.10', time: '2030-01-01T00:00:00Z' },
    guards: [
      { key: `${process.pid}:body:${count}`, until: now + 60_000 },
      { key: `${process.pid}:id:${count}`, until: now + 86_400_000 },
    ],
    executions: [
      {
        lane: 'alpha',
        target: 'alpha',
        operation: 'event',
        payload: { type: 'buy', amount: '0.01' },
        expiresAt: now + 60_000,
      },
    ],
  })
}

function at(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 100) / 100
}
