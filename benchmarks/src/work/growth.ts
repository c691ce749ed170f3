import { burst, bytesOfCalls, callsInFlight, services } from './growth-calls.ts'
import { botsInTopics, bytesOfMessages, wildcards } from './growth-messages.ts'
import type { Phase, Subject } from './growth-phase.ts'
import { TOLERANCE, withGrowth, worstOf } from './growth-ratio.ts'
import { runRounds } from './rounds.ts'
import type { Result, Sample, Work, WorkContext } from './work.ts'

/** Those that share their processes stand together. */
const SUBJECTS: readonly Subject[] = [
  callsInFlight,
  burst,
  bytesOfCalls,
  services,
  bytesOfMessages,
  botsInTopics,
  wildcards,
]
/** Seconds of one contender's rounds at one step. */
const BUDGET = 30
/** The broker's time is counted in ticks of 10 ms: of less than this they tell nothing. */
const LEAST_BROKER_SECONDS = 0.05

export const growth: Work = {
  name: 'growth',
  title: `Ten times the load: cost of one operation, and × what a unit of load cost a tenth of it (above ${TOLERANCE} in bold)`,
  measures: [
    { name: 'cpu', label: 'CPU µs, both', unit: 'µs', shows: 'median', digits: 1 },
    { name: 'cpuGrowth', label: '×', unit: '×', shows: 'median', digits: 2, atMost: TOLERANCE },
    { name: 'brokerCpu', label: 'of the broker µs', unit: 'µs', shows: 'median', digits: 1 },
    { name: 'brokerGrowth', label: '×', unit: '×', shows: 'median', digits: 2, atMost: TOLERANCE },
    { name: 'wall', label: 'time µs', unit: 'µs', shows: 'median', digits: 1 },
    { name: 'wallGrowth', label: '×', unit: '×', shows: 'median', digits: 2, atMost: TOLERANCE },
    { name: 'serverPeak', label: 'server MB', unit: 'MB', shows: 'worst', digits: 0 },
    { name: 'lost', label: 'lost', unit: 'operations', shows: 'sum', digits: 0 },
    { name: 'operations', label: 'of operations', unit: 'operations', shows: 'sum', digits: 0 },
  ],
  async run(context) {
    const isMeasured = (name: string): boolean => name === 'ours' || (name === 'floor' && !context.plan.isQuick)
    const contenders = context.contenders.filter(({ name }) => isMeasured(name))
    const rows: Row[] = []
    for (const subject of SUBJECTS) rows.push(...(await measure({ ...context, contenders }, subject)))
    return [...rows.map(({ result }) => result), ...contenders.flatMap(({ name }) => worst(name, rows))]
  },
}

interface Row {
  readonly contender: string
  readonly result: Result
}

/** One result of a contender, of each phase and step. */
interface Measured {
  readonly phase: Phase
  readonly step: number
  readonly result: Result
}

async function measure(context: WorkContext, subject: Subject): Promise<readonly Row[]> {
  const measured: Measured[] = []
  for (const step of subject.steps(context.broker, context.plan.isQuick)) {
    for (const phase of subject.phases(context, step)) {
      const results = await runPhase(context, phase, step)
      measured.push(...results.map((result) => ({ phase, step, result })))
    }
  }
  const groups = Map.groupBy(measured, ({ phase, result }) => `${result.contender}: ${phase.name}`)
  return [...groups].flatMap(([label, group]) => rowsOf(label, group))
}

async function runPhase(context: WorkContext, phase: Phase, step: number): Promise<readonly Result[]> {
  const { isQuick, rounds } = context.plan
  const progress = (text: string): void => context.progress(`${step} ${phase.name}, ${text}`)
  const contenders = context.contenders.filter(({ name }) => !phase.without?.includes(name))
  const standard = isQuick ? 1 : Math.min(rounds, 3)
  const results = await runRounds(
    { ...context, contenders, progress },
    { rounds: standard, warmUp: async () => undefined, ...phase, budget: BUDGET },
  )
  return results.map((result) => ({ ...result, samples: result.samples.map(inMicroseconds) }))
}

function rowsOf(label: string, group: readonly Measured[]): readonly Row[] {
  const grown = withGrowth(group.map(({ phase, result }) => ({ load: phase.load ?? 1, samples: result.samples })))
  return group.map(({ step, result }, index) => ({
    contender: result.contender,
    result: { ...result, contender: `${label}: ${step.toLocaleString('en-US')}`, samples: grown[index] ?? [] },
  }))
}

function worst(name: string, rows: readonly Row[]): readonly Result[] {
  const own = rows.filter(({ contender }) => contender === name).map(({ result }) => result)
  if (own.length === 0) return []
  const failed = own.filter(({ failure }) => failure !== undefined).length
  const result = { contender: `${name}: the worst`, samples: [worstOf(own.map(({ samples }) => samples))] }
  return [failed === 0 ? result : { ...result, failure: `${failed} of ${own.length} rows` }]
}

/** From the seconds for 10,000 operations of the other works. */
function inMicroseconds({ cpu, brokerCpu, ...sample }: Sample): Sample {
  const { operations = 0, lost = 0 } = sample
  const brokerSeconds = ((brokerCpu ?? 0) * (operations - lost)) / 10_000
  return {
    ...sample,
    ...(cpu === undefined ? {} : { cpu: cpu * 100 }),
    ...(brokerCpu === undefined || brokerSeconds < LEAST_BROKER_SECONDS ? {} : { brokerCpu: brokerCpu * 100 }),
  }
}
