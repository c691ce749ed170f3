import { type Entry, OURS } from '../contenders/index.ts'
import { messageOf } from '../message-of.ts'
import type { UsageResult } from '../peer/protocol.ts'
import { cpuSecondsOfGroup } from './broker-cpu.ts'
import type { Pair } from './pair-pool.ts'
import type { MeasureKind, Result, Sample, WorkContext } from './work.ts'

/** How one work is done with a pair of processes. */
export interface RoundSteps {
  /** Works of one kind share their pairs. */
  readonly kind: string
  readonly rounds: number
  /** Seconds; a contender that has used them up is asked no more. */
  readonly budget: number
  /** Opens what is needed. For all contenders at once. */
  open(pair: Pair, entry: Entry): Promise<void>
  warmUp(pair: Pair, entry: Entry): Promise<void>
  /** `operations` is what the use of processor time is divided by. */
  round(pair: Pair, entry: Entry): Promise<{ readonly sample: Sample; readonly operations: number }>
}

/** What every work of rounds measures beside its own. */
export const USAGE_MEASURES: readonly MeasureKind[] = [
  { name: 'cpu', label: 'CPU s per 10,000, both', unit: 's/10k', shows: 'ratio', digits: 2 },
  { name: 'brokerCpu', label: 'of the broker', unit: 's/10k', shows: 'median', digits: 2 },
  { name: 'clientPeak', label: 'client MB', unit: 'MB', shows: 'worst', digits: 0 },
  { name: 'serverPeak', label: 'server MB', unit: 'MB', shows: 'worst', digits: 0 },
]

interface Lane {
  readonly entry: Entry
  readonly samples: Sample[]
  pair: Pair | undefined
  failure: string | undefined
  seconds: number
}

/** Visits all contenders in each round, in another order each time; one that fails is left out from then on. */
export async function runRounds(context: WorkContext, steps: RoundSteps): Promise<readonly Result[]> {
  const lanes: Lane[] = context.contenders.map((entry) => ({
    entry,
    samples: [],
    pair: undefined,
    failure: undefined,
    seconds: 0,
  }))
  context.progress('starting processes')
  await context.pairs.keep(steps.kind)
  const open = async (lane: Lane): Promise<void> => {
    lane.pair = await context.pairs.get(lane.entry)
    await steps.open(lane.pair, lane.entry)
  }
  await Promise.all(lanes.map((lane) => attempt(context, lane, () => open(lane))))
  for (const lane of lanes) {
    const { pair, entry } = lane
    if (!pair || lane.failure !== undefined) continue
    context.progress(`warming up ${entry.name}`)
    await attempt(context, lane, () => steps.warmUp(pair, entry))
  }
  for (let round = 0; round < steps.rounds; round++) {
    for (const lane of rotate(lanes, round)) {
      const isSpent = lane.entry.name !== OURS && lane.seconds > steps.budget
      if (lane.failure !== undefined || isSpent) continue
      context.progress(`round ${round + 1} of ${steps.rounds}, ${lane.entry.name}`)
      await attempt(context, lane, () => measure(context, steps, lane))
    }
  }
  // What is late would disturb the next work.
  const late = lanes.filter(({ samples }) => samples.some(({ lost = 0 }) => lost > 0))
  await Promise.all(late.map(({ entry }) => context.pairs.drop(entry.name)))
  return lanes.map(({ entry, samples, failure }) => ({
    contender: entry.name,
    samples,
    ...(failure === undefined ? {} : { failure }),
  }))
}

export function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = items.length === 0 ? 0 : by % items.length
  return [...items.slice(at), ...items.slice(0, at)]
}

async function attempt(context: WorkContext, lane: Lane, step: () => Promise<void>): Promise<void> {
  context.signal.throwIfAborted()
  try {
    await step()
  } catch (error) {
    context.signal.throwIfAborted()
    lane.failure = messageOf(error)
    context.note(`${lane.entry.name} failed: ${lane.failure}`)
    await context.pairs.drop(lane.entry.name)
  }
}

async function measure(context: WorkContext, steps: RoundSteps, lane: Lane): Promise<void> {
  const pair = lane.pair as Pair
  const before = await usage(context, pair)
  const begin = performance.now()
  const { sample, operations } = await steps.round(pair, lane.entry)
  lane.seconds += (performance.now() - begin) / 1_000
  const after = await usage(context, pair)
  const per = operations / 10_000
  const { client, server, broker } = after
  const used = client.cpuSeconds + server.cpuSeconds - before.client.cpuSeconds - before.server.cpuSeconds
  lane.samples.push({
    ...sample,
    ...(per > 0 ? { cpu: used / per } : {}),
    ...(per > 0 && broker !== undefined && before.broker !== undefined
      ? { brokerCpu: (broker - before.broker) / per }
      : {}),
    clientPeak: client.peakBytes / 1_000_000,
    serverPeak: server.peakBytes / 1_000_000,
  })
}

async function usage({ pid }: WorkContext, { client, server }: Pair) {
  const ask = { do: 'usage' } as const
  const [ofClient, ofServer] = await Promise.all([
    client.ask<UsageResult>(ask, 10_000),
    server.ask<UsageResult>(ask, 10_000),
  ])
  return { client: ofClient, server: ofServer, broker: cpuSecondsOfGroup(pid) }
}
