import type { BrokerKind } from './contenders/contender.ts'
import type { Measure } from './report/measure.ts'
import { ratio } from './statistics.ts'
import { TOLERANCE } from './work/growth-ratio.ts'

/** What is to be reached, on one broker. `measured` is `null` where a contender that it needs was not measured. */
export interface Verdict {
  readonly target: string
  readonly broker: BrokerKind
  readonly measured: number | null
  readonly unit: string
  readonly met: boolean | null
}

interface Target {
  readonly name: string
  readonly brokers: readonly BrokerKind[]
  readonly unit: string
  readonly atLeast?: number
  readonly atMost?: number
  measure(find: Find): number | null
}

type Find = (work: string, measure: string, contender?: string) => Measure | undefined

const FAST: readonly BrokerKind[] = ['mqtt', 'amqp', 'redis']
const ALL: readonly BrokerKind[] = [...FAST, 'kafka']
const NESTJS = ['nestjs', 'nestjs-tuned']
const GROWTH = 'times ten times the cost'
const PEERS = [...NESTJS, 'moleculer', 'moleculer-tuned']

/** The least ratio of ours to any of the contenders: to the best of them. */
function ratioTo(find: Find, contenders: readonly string[], work: string): number | null {
  const rounds = find(work, 'rate')?.rounds
  const ratios = contenders.flatMap((contender) => {
    const other = find(work, 'rate', contender)
    const value = rounds && other ? ratio(rounds, other.rounds) : null
    return value === null ? [] : [value]
  })
  return ratios.length > 0 ? Math.min(...ratios) : null
}

function moreMemory(find: Find, work: string): number | null {
  const [own, floor] = [find(work, 'clientPeak')?.max ?? null, find(work, 'clientPeak', 'floor')?.max ?? null]
  return own === null || floor === null ? null : own - floor
}

const toFloor =
  (work: string, measure: string) =>
  (find: Find): number | null =>
    find(work, measure)?.ratioToFloor ?? null
const sumOf =
  (measure: string) =>
  (find: Find): number | null =>
    find('reliability', measure)?.sum ?? null

const ofGrowth =
  (measure: string) =>
  (find: Find): number | null =>
    find('growth', measure, 'ours: the worst')?.median ?? null

const TARGETS: readonly Target[] = [
  { name: 'replies lost', brokers: ALL, unit: 'calls', atMost: 0, measure: sumOf('lost') },
  { name: 'sequential calls of 35 ms or more', brokers: ALL, unit: 'calls', atMost: 0, measure: sumOf('slow') },
  {
    name: '64 calls in flight, to the floor',
    brokers: FAST,
    unit: '×',
    atLeast: 0.95,
    measure: toFloor('concurrent', 'rate'),
  },
  { name: 'pub/sub, to the floor', brokers: FAST, unit: '×', atLeast: 0.95, measure: toFloor('pubsub', 'rate') },
  {
    name: 'sequential p50, to the floor',
    brokers: FAST,
    unit: '×',
    atMost: 1.1,
    measure: toFloor('sequential', 'p50'),
  },
  {
    name: '64 calls in flight, CPU to the floor',
    brokers: FAST,
    unit: '×',
    atMost: 1.15,
    measure: toFloor('concurrent', 'cpu'),
  },
  { name: 'pub/sub, CPU to the floor', brokers: FAST, unit: '×', atMost: 1.15, measure: toFloor('pubsub', 'cpu') },
  {
    name: '64 calls in flight, client memory above the floor',
    brokers: FAST,
    unit: 'MB',
    atMost: 15,
    measure: (find) => moreMemory(find, 'concurrent'),
  },
  {
    name: 'pub/sub, client memory above the floor',
    brokers: FAST,
    unit: 'MB',
    atMost: 15,
    measure: (find) => moreMemory(find, 'pubsub'),
  },
  {
    name: '64 calls in flight, to the best of NestJS and Moleculer',
    brokers: ['mqtt'],
    unit: '×',
    atLeast: 1.2,
    measure: (find) => ratioTo(find, PEERS, 'concurrent'),
  },
  {
    name: '64 calls in flight, to the best of NestJS and Moleculer',
    brokers: ['amqp', 'redis'],
    unit: '×',
    atLeast: 1.8,
    measure: (find) => ratioTo(find, PEERS, 'concurrent'),
  },
  {
    name: 'pub/sub, to the best of NestJS and Moleculer',
    brokers: ['redis'],
    unit: '×',
    atLeast: 3,
    measure: (find) => ratioTo(find, PEERS, 'pubsub'),
  },
  {
    name: 'fan-in of 10,000 bots',
    brokers: ['mqtt'],
    unit: '1/s',
    atLeast: 50_000,
    measure: (find) => find('fanin', 'rate')?.median ?? null,
  },
  {
    name: 'heap of a bridge on a shared bus',
    brokers: ALL,
    unit: 'kB',
    atMost: 25,
    measure: (find) => find('memory', 'heap', 'ours, one bus')?.median ?? null,
  },
  {
    name: 'sequential p50',
    brokers: ['kafka'],
    unit: 'ms',
    atMost: 5,
    measure: (find) => find('sequential', 'p50')?.median ?? null,
  },
  {
    name: '64 calls in flight, to the best of NestJS',
    brokers: ['kafka'],
    unit: '×',
    atLeast: 2,
    measure: (find) => ratioTo(find, NESTJS, 'concurrent'),
  },
  { name: 'ten times the load, CPU', brokers: ALL, unit: GROWTH, atMost: TOLERANCE, measure: ofGrowth('cpuGrowth') },
  { name: 'ten times the load, time', brokers: ALL, unit: GROWTH, atMost: TOLERANCE, measure: ofGrowth('wallGrowth') },
  {
    name: 'ten times the load, CPU of the broker',
    brokers: ALL,
    unit: GROWTH,
    atMost: TOLERANCE,
    measure: ofGrowth('brokerGrowth'),
  },
  {
    name: 'ten times the load, lost',
    brokers: ALL,
    unit: 'operations',
    atMost: 0,
    measure: ofGrowth('lost'),
  },
]

/** Those of the brokers that were measured. */
export function judge(measures: readonly Measure[]): readonly Verdict[] {
  return TARGETS.flatMap((target) =>
    target.brokers
      .filter((broker) => measures.some((measure) => measure.broker === broker))
      .map((broker) => {
        const find: Find = (work, name, contender = 'ours') =>
          measures.find(
            (measure) =>
              measure.broker === broker &&
              measure.work === work &&
              measure.measure === name &&
              measure.contender === contender,
          )
        const measured = target.measure(find)
        const { unit, atLeast, atMost } = target
        const limit = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast.toLocaleString('en-US')}`
        const met = measured === null ? null : measured >= (atLeast ?? -Infinity) && measured <= (atMost ?? Infinity)
        return { target: `${target.name}: ${limit} ${unit}`, broker, measured, unit, met }
      }),
  )
}
