import type { Partition } from '../driver.ts'
import type { Cluster } from './cluster.ts'
import { type Coordinator, hasMoved } from './coordinator.ts'
import { endOffsets } from './offsets.ts'

/** Gives a group that has no members yet a position everywhere: the end, as of now. */
export async function beginAtEnds(
  cluster: Cluster,
  coordinator: Coordinator,
  partitions: readonly Partition[],
): Promise<void> {
  for (let refusals = 0; refusals < 2; ) {
    try {
      const found = await coordinator.positions(partitions)
      const missing = partitions.filter((_, index) => found[index] === -1)
      if (missing.length === 0) return
      const ends = await endOffsets(cluster, missing)
      const wanted = missing.map((partition, index) => ({ ...partition, offset: ends[index] ?? 0 }))
      if (await coordinator.commit(wanted)) return
      // It has members, who were quicker. Where even they have no position, they begin at the end.
      refusals++
    } catch (error) {
      if (!hasMoved(error)) throw error
      await coordinator.moved()
    }
  }
}
