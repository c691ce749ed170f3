import type { Amount, CallResult } from '../peer/protocol.ts'
import { runRounds, USAGE_MEASURES } from './rounds.ts'
import { callStatus, serveStatus, warmUpCalls } from './status-calls.ts'
import type { MeasureKind, Result, Sample, Work, WorkContext } from './work.ts'

const CONCURRENT = 64
/** Enough to keep both sides busy, and few enough for one that answers 23 calls in a second. */
const WARMING = 8

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
    const { seconds, sequential, concurrent } = context.plan.reliability
    return rpcRounds(context, context.plan.reliability, async (call) => {
      const one = await call(1, { count: sequential, seconds })
      const many = await call(concurrent, { count: concurrent, seconds })
      const lost = one.lost + many.lost
      const calls = one.calls + many.calls + lost
      const sample = { lost, calls, slow: one.slow, max: one.max, concurrentMax: many.max, rounds: 1 }
      return { sample, operations: calls }
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
  run: (context) =>
    rpcRounds(context, context.plan, async (call) => {
      const { p50, p99, max, lost, calls } = await call(1, { seconds: context.plan.seconds })
      const latency = calls > 0 ? { p50, p99, max } : {}
      return { sample: { ...latency, lost, calls: calls + lost }, operations: calls }
    }),
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
  run: (context) =>
    rpcRounds(context, context.plan, async (call) => {
      const { p99, lost, calls, duration } = await call(CONCURRENT, { seconds: context.plan.seconds })
      const rate = duration > 0 ? (calls / duration) * 1_000 : 0
      const latency = calls > 0 ? { p99 } : {}
      return { sample: { rate, ...latency, lost, calls: calls + lost }, operations: calls }
    }),
}

type Round = (call: (inFlight: number, amount: Amount & { seconds: number }) => Promise<CallResult>) => Promise<{
  sample: Sample
  operations: number
}>

function rpcRounds(
  context: WorkContext,
  { rounds, budget }: { rounds: number; budget: number },
  round: Round,
): Promise<readonly Result[]> {
  return runRounds(context, {
    kind: 'rpc',
    rounds,
    budget,
    open: serveStatus,
    warmUp: (pair, entry) => warmUpCalls(context, pair, entry, WARMING),
    round: (pair, entry) =>
      round((inFlight, amount) =>
        callStatus(context, pair, entry, Math.min(inFlight, entry.mostInFlight ?? inFlight), amount),
      ),
  })
}
