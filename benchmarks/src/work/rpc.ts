import type { Entry } from '../contenders/index.ts'
import type { Amount, CallResult } from '../peer/protocol.ts'
import type { Pair } from './pair-pool.ts'
import { STATUS_REPLY, STATUS_REQUEST } from './payloads.ts'
import { runRounds, USAGE_MEASURES } from './rounds.ts'
import type { MeasureKind, Work, WorkContext } from './work.ts'

/** Milliseconds for what goes beyond a command's own time. */
const WATCHDOG = 10_000
const CONCURRENT = 64

const LOST: MeasureKind = { name: 'lost', label: 'lost', unit: 'calls', shows: 'sum', digits: 0 }
const CALLS: MeasureKind = { name: 'calls', label: 'of calls', unit: 'calls', shows: 'sum', digits: 0 }

export const reliability: Work = {
  name: 'reliability',
  title: 'No reply lost, no stall: rounds of 250 sequential and 3,000 concurrent calls',
  measures: [
    LOST,
    CALLS,
    { name: 'slow', label: 'sequential ≥ 35 ms', unit: 'calls', shows: 'sum', digits: 0 },
    { name: 'max', label: 'slowest sequential, ms', unit: 'ms', shows: 'worst', digits: 1 },
    { name: 'concurrentMax', label: 'slowest of 3,000, ms', unit: 'ms', shows: 'worst', digits: 0 },
    { name: 'rounds', label: 'rounds', unit: 'rounds', shows: 'sum', digits: 0 },
  ],
  run: (context) => {
    const { rounds, budget, sequential, concurrent } = context.plan.reliability
    return runRounds(context, {
      kind: 'rpc',
      rounds,
      budget,
      prepare: (pair, entry) => prepare(context, pair, entry),
      async round(pair, entry) {
        const one = await call(context, pair, entry, 1, { count: sequential, seconds: 5 })
        const many = await call(context, pair, entry, Math.min(concurrent, entry.mostInFlight ?? concurrent), {
          count: concurrent,
          seconds: 5,
        })
        const calls = one.calls + one.lost + many.calls + many.lost
        const { slow, max } = one
        const sample = { lost: one.lost + many.lost, calls, slow, max, concurrentMax: many.max, rounds: 1 }
        return { sample, operations: calls }
      },
    })
  },
}

export const sequential: Work = {
  name: 'sequential',
  title: 'RPC, one call after the other',
  measures: [
    { name: 'p50', label: 'p50 ms', unit: 'ms', shows: 'ratio', digits: 3 },
    { name: 'p99', label: 'p99 ms', unit: 'ms', shows: 'range', digits: 3 },
    { name: 'max', label: 'max ms', unit: 'ms', shows: 'worst', digits: 1 },
    ...USAGE_MEASURES,
    LOST,
    CALLS,
  ],
  run: (context) => {
    const { rounds, seconds } = context.plan
    return runRounds(context, {
      kind: 'rpc',
      rounds,
      prepare: (pair, entry) => prepare(context, pair, entry),
      async round(pair, entry) {
        const { p50, p99, max, lost, calls } = await call(context, pair, entry, 1, { seconds })
        const latency = calls > 0 ? { p50, p99, max } : {}
        return { sample: { ...latency, lost, calls: calls + lost }, operations: calls }
      },
    })
  },
}

export const concurrent: Work = {
  name: 'concurrent',
  title: `RPC, ${CONCURRENT} calls in flight`,
  measures: [
    { name: 'rate', label: 'calls/s', unit: '1/s', shows: 'ratio', digits: 0 },
    { name: 'p99', label: 'p99 ms', unit: 'ms', shows: 'median', digits: 1 },
    ...USAGE_MEASURES,
    LOST,
    CALLS,
  ],
  run: (context) => {
    const { rounds, seconds } = context.plan
    return runRounds(context, {
      kind: 'rpc',
      rounds,
      prepare: (pair, entry) => prepare(context, pair, entry),
      async round(pair, entry) {
        const { p99, lost, calls, duration } = await call(context, pair, entry, CONCURRENT, { seconds })
        const rate = { rate: duration > 0 ? (calls / duration) * 1_000 : 0 }
        return { sample: { ...rate, ...(calls > 0 ? { p99 } : {}), lost, calls: calls + lost }, operations: calls }
      },
    })
  },
}

export function statusAddress(entry: Entry): string {
  return `hbot/${entry.name}/status`
}

async function prepare(context: WorkContext, pair: Pair, entry: Entry): Promise<void> {
  const { warmUp } = context.plan
  const isNew = !pair.done.has('serve')
  if (isNew) {
    await pair.server.ask({ do: 'serve', address: statusAddress(entry), reply: STATUS_REPLY }, 30_000)
    pair.done.add('serve')
  }
  const { calls } = await call(context, pair, entry, CONCURRENT, { seconds: isNew ? warmUp : warmUp / 4 })
  if (calls === 0) throw new Error('no call was answered while it was warming up')
}

async function call(
  { note }: WorkContext,
  pair: Pair,
  entry: Entry,
  inFlight: number,
  amount: Amount & { seconds: number },
): Promise<CallResult> {
  const command = {
    do: 'call',
    address: statusAddress(entry),
    request: STATUS_REQUEST,
    inFlight,
    ...amount,
  } as const
  const result = await pair.client.ask<CallResult>(command, amount.seconds * 1_000 + WATCHDOG)
  const { lost, calls, reason = 'no reply' } = result
  if (lost > 0) note(`${entry.name} lost ${lost} of ${calls + lost}: ${reason}`)
  return result
}
