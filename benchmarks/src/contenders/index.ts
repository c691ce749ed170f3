import type { BrokerKind, Contender } from './contender.ts'

/** A contender in the list. Loaded by the process that needs it only, as the time to start is measured. */
export interface Entry {
  readonly name: string
  /** What it is, and where it runs. Not for a peer process of another contender to load. */
  load(): Promise<Pick<Contender, 'name' | 'packages' | 'settings'>>
  /** The program that speaks the protocol in place of `src/peer/main.ts`. */
  command?(broker: BrokerKind, url: string): Promise<{ readonly file: string; readonly args: readonly string[] }>
}

/** Those of `src/peer/main.ts`. */
interface NodeEntry extends Entry {
  load(): Promise<Contender>
}

const inNode: readonly NodeEntry[] = [{ name: 'ours', load: async () => (await import('./ours.ts')).ours }]

export const CONTENDERS: readonly Entry[] = inNode

export async function loadContender(name: string | undefined): Promise<Contender> {
  const entry = inNode.find((candidate) => candidate.name === name)
  if (!entry) throw new Error(`no contender "${name}"; there are ${inNode.map((known) => known.name).join(', ')}`)
  return entry.load()
}
