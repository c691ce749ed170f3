import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BrokerKind } from '../contenders/contender.ts'
import { messageOf } from '../message-of.ts'
import type { FleetUsage } from './memory-process.ts'
import type { Result, Sample, Work, WorkContext } from './work.ts'

/** Bots of one process. Their cost grows with their number, so that of fewer is that of 1,000 too: the table says how many there were. */
interface Fleet {
  readonly name: string
  readonly sharing: 'shared' | 'own'
  readonly bots: number
}

const ONE_BUS = 'ours, one bus'
const OWN_BUS = 'ours, a bus each'

const FLEETS: Readonly<Record<BrokerKind, readonly Fleet[]>> = {
  mqtt: fleets(1_000, 1_000),
  // A connection has 2,047 channels, and each service takes one: 9 for each bot.
  amqp: [one(180), each(100)],
  redis: fleets(1_000, 500),
  // A client of Kafka takes seconds to leave its group.
  kafka: fleets(1_000, 20),
}

const ENTRY = fileURLToPath(new URL('memory-process.ts', import.meta.url))
/** Milliseconds for a fleet. */
const WATCHDOG = 120_000

export const memory: Work = {
  name: 'memory',
  title: 'Many bots in one process: what each of them takes, with heartbeats every 10 s and nothing else to do',
  measures: [
    { name: 'bots', label: 'bots', unit: 'bots', shows: 'median', digits: 0 },
    { name: 'heap', label: 'heap kB', unit: 'kB', shows: 'range', digits: 1 },
    { name: 'external', label: 'buffers kB', unit: 'kB', shows: 'median', digits: 1 },
    { name: 'resident', label: 'resident kB', unit: 'kB', shows: 'median', digits: 0 },
    { name: 'brokerResident', label: 'of the broker kB', unit: 'kB', shows: 'median', digits: 1 },
    { name: 'descriptors', label: 'descriptors', unit: 'descriptors', shows: 'median', digits: 1 },
    { name: 'start', label: 'start ms', unit: 'ms', shows: 'median', digits: 2 },
    { name: 'startCpu', label: 'start CPU ms', unit: 'ms', shows: 'median', digits: 2 },
    { name: 'idleCpu', label: 'idle CPU % of 1,000', unit: '%', shows: 'median', digits: 2 },
  ],
  async run(context) {
    if (!context.contenders.some(({ name }) => name === 'ours')) return []
    const { isQuick } = context.plan
    const wanted = isQuick ? quick(FLEETS[context.broker]) : FLEETS[context.broker]
    const results: Result[] = []
    for (const fleet of wanted) results.push(await measure(context, fleet, isQuick ? 1 : 3))
    return results
  },
}

function fleets(shared: number, own: number): readonly Fleet[] {
  return [one(shared), each(own), { ...one(10 * shared), name: `${ONE_BUS}, tenfold` }]
}

function one(bots: number): Fleet {
  return { name: ONE_BUS, sharing: 'shared', bots }
}

function each(bots: number): Fleet {
  return { name: OWN_BUS, sharing: 'own', bots }
}

/** Fewer than these on one bus would make what all of them share look large. */
function quick([shared, own]: readonly Fleet[]): readonly Fleet[] {
  return [shared, own && { ...own, bots: Math.ceil(own.bots / 10) }].filter((fleet) => fleet !== undefined)
}

async function measure(context: WorkContext, fleet: Fleet, rounds: number): Promise<Result> {
  const samples: Sample[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      context.progress(`${fleet.bots} bots, ${fleet.name}, ${round + 1} of ${rounds}`)
      samples.push(toSample(fleet, await runFleet(context, fleet)))
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = messageOf(error)
    context.note(`${fleet.name} failed: ${failure}`)
    return { contender: fleet.name, samples, failure }
  }
  return { contender: fleet.name, samples }
}

async function runFleet(context: WorkContext, { sharing, bots }: Fleet): Promise<FleetUsage> {
  const { url, pid, signal, plan } = context
  const idle = plan.isQuick ? 1 : 10
  const args = [
    '--expose-gc',
    ENTRY,
    url,
    sharing,
    String(bots),
    String(idle),
    ...(pid === undefined ? [] : [String(pid)]),
  ]
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal, timeout: WATCHDOG })
  const usage = JSON.parse(stdout) as FleetUsage
  if (usage.bridges !== bots) throw new Error(`only ${usage.bridges} of ${bots} bots run`)
  return usage
}

function toSample({ bots }: Fleet, usage: FleetUsage): Sample {
  const kilobytes = (bytes: number): number => bytes / bots / 1_000
  return {
    bots,
    heap: kilobytes(usage.heap),
    external: kilobytes(usage.external),
    resident: kilobytes(usage.resident),
    ...(usage.brokerResident === undefined ? {} : { brokerResident: kilobytes(usage.brokerResident) }),
    ...(usage.descriptors === undefined ? {} : { descriptors: usage.descriptors / bots }),
    start: usage.start / bots,
    startCpu: (usage.startCpu * 1_000) / bots,
    idleCpu: ((usage.idleCpu * 100) / bots) * 1_000,
  }
}
