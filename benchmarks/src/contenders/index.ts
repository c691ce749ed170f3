import type { BrokerKind, Contender } from './contender.ts'

/** A contender in the list. Loaded by the process that needs it only, as the time to start is measured. */
export interface Entry {
  readonly name: string
  /** What it is, and where it runs. Not for a peer process of another contender to load. */
  load(): Promise<Pick<Contender, 'name' | 'packages' | 'settings'>>
  /** Where it runs, if not everywhere. */
  readonly brokers?: readonly BrokerKind[]
  /** Fewer than others: for works with more calls in flight than it can bear. */
  readonly mostInFlight?: number
  /** The program that speaks the protocol in place of `src/peer/main.ts`. */
  command?(broker: BrokerKind, url: string): Promise<{ readonly file: string; readonly args: readonly string[] }>
}

/** Those of `src/peer/main.ts`. */
interface NodeEntry extends Entry {
  load(): Promise<Contender>
}

const inNode: readonly NodeEntry[] = [
  { name: 'ours', load: async () => (await import('./ours.ts')).ours },
  { name: 'floor', load: async () => (await import('./floor/index.ts')).floor },
  {
    name: 'floor-qos1',
    brokers: ['mqtt'],
    // Beyond, Mosquitto drops replies: more than `max_queued_messages` wait for one client.
    mostInFlight: 512,
    load: async () => (await import('./floor/index.ts')).floorQos1,
  },
  { name: 'nestjs', load: async () => (await import('./nestjs/nestjs.ts')).nestjs },
  { name: 'nestjs-tuned', load: async () => (await import('./nestjs/nestjs.ts')).nestjsTuned },
  { name: 'moleculer', load: async () => (await import('./moleculer/moleculer.ts')).moleculer },
  {
    name: 'moleculer-tuned',
    // On Kafka there is nothing to tune.
    brokers: ['mqtt', 'amqp', 'redis'],
    load: async () => (await import('./moleculer/moleculer.ts')).moleculerTuned,
  },
]

const python: Entry = {
  name: 'commlib-py',
  // A client of its own for each of them, with a thread.
  mostInFlight: 64,
  load: async () => (await import('./commlib.ts')).commlib,
  command: async (broker, url) => (await import('./commlib.ts')).commlib.command(broker, url),
}

/** What the others are there for: it is measured to the end, however long that takes. */
export const OURS = 'ours'

/** In the order of the tables. */
export const CONTENDERS: readonly Entry[] = [...inNode, python]

export async function loadContender(name: string | undefined): Promise<Contender> {
  const entry = inNode.find((candidate) => candidate.name === name)
  if (!entry) throw new Error(`no contender "${name}"; there are ${inNode.map((known) => known.name).join(', ')}`)
  return entry.load()
}
