import type { Partition, PartitionOffset } from '../driver.ts'
import { ProtocolFailure } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { idOf } from './fetch-loop.ts'
import { loadKafkajs } from './inner.ts'
import type { NodeLink } from './node-link.ts'
import { byTopic } from './protocol.ts'

/** Milliseconds before a coordinator that is being found or started is asked again. */
export const SOON = 100
/** They say that the coordinator is elsewhere or not ready yet. */
export const COORDINATOR_MOVES: readonly string[] = [
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]
/** They say that the group has members, or others than we think. */
const NOT_ALONE = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS']

/** Who commits: nobody in particular, as long as a group has no members. */
export interface Committer {
  readonly memberId: string
  readonly generation: number
}

const NOBODY: Committer = { memberId: '', generation: -1 }

/** The node that keeps a group's members and positions, with a connection of its own, as joining waits there. */
export class Coordinator {
  readonly group: string
  readonly #cluster: Cluster
  #link: Promise<NodeLink> | undefined

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster
    this.group = group
  }

  link(): Promise<NodeLink> {
    this.#link ??= this.#find()
    return this.#link
  }

  /** It has moved: looks for it again. */
  async moved(): Promise<void> {
    this.close()
    await this.#cluster.sleep(SOON)
  }

  close(): void {
    // Where there was none to be found, whoever asked for it knows.
    this.#link?.then((link) => this.#cluster.release(link)).catch(() => undefined)
    this.#link = undefined
  }

  /** The group's positions, -1 where it has none. */
  async positions(partitions: readonly Partition[]): Promise<number[]> {
    const link = await this.link()
    const topics = byTopic(partitions, ({ partition }) => ({ partition }))
    const { errorCode = 0, responses } = await link.call('OffsetFetch', { groupId: this.group, topics })
    assertGood(errorCode)
    const found = new Map<string, number>()
    for (const { topic, partitions: answers } of responses) {
      for (const { partition, errorCode: code, offset } of answers) {
        assertGood(code)
        found.set(idOf({ topic, partition }), Number(offset))
      }
    }
    return partitions.map((partition) => found.get(idOf(partition)) ?? -1)
  }

  /** Resolves with false where the committer is not, or not the only one, who may do that. */
  async commit(positions: readonly PartitionOffset[], { memberId, generation }: Committer = NOBODY): Promise<boolean> {
    const asked = this.link()
    const link = await asked
    const topics = byTopic(positions, ({ partition, offset }) => ({ partition, offset: String(offset) }))
    const who = { groupId: this.group, memberId, groupGenerationId: generation }
    const { responses } = await link.call('OffsetCommit', { ...who, topics }).catch((error: unknown) => {
      // Given up meanwhile, because it was found to have moved.
      throw this.#link === asked ? error : new ProtocolFailure('NOT_COORDINATOR_FOR_GROUP')
    })
    const codes = responses.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    const failed = codes.find((code) => code !== 0)
    if (failed === undefined) return true
    if (NOT_ALONE.includes(loadKafkajs().errorName(failed))) return false
    return assertGood(failed) ?? false
  }

  /** Deletes the group and its positions, unless it has members. */
  async delete(): Promise<void> {
    const link = await this.link()
    // What is still in use, gone already or may not be deleted stays: an empty group is forgotten by the broker in time.
    await link.call('DeleteGroups', [this.group])
  }

  async #find(): Promise<NodeLink> {
    for (;;) {
      const main = await this.#cluster.main(this.#cluster.controller)
      const { errorCode, coordinator } = await main.call('GroupCoordinator', {
        groupId: this.group,
        coordinatorType: 0,
      })
      if (errorCode === 0) return this.#cluster.dedicated(coordinator.nodeId)
      if (!COORDINATOR_MOVES.includes(loadKafkajs().errorName(errorCode))) assertGood(errorCode)
      await this.#cluster.sleep(SOON)
    }
  }
}

export function hasMoved(error: unknown): boolean {
  return error instanceof ProtocolFailure && COORDINATOR_MOVES.includes(error.type)
}

export function assertGood(code: number): undefined {
  if (code !== 0) throw new ProtocolFailure(loadKafkajs().errorName(code))
}
