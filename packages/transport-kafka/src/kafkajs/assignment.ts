import type { Partition } from '../driver.ts'
import { idOf } from './fetch-loop.ts'

/** A member of a group, and what it has now. */
export interface Claim {
  readonly memberId: string
  readonly owned: readonly string[]
}

/**
 * Who gets which partition: all equally many, give or take one, and as many as possible the ones they have, so that what a
 * member is working on is not handed to another one meanwhile.
 */
export function assign(partitions: readonly Partition[], claims: readonly Claim[]): Map<string, Partition[]> {
  const sorted = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))
  const shares = new Map<string, Partition[]>(sorted.map(({ memberId }) => [memberId, []]))
  const free = new Map(partitions.map((partition) => [idOf(partition), partition]))
  const least = Math.floor(partitions.length / sorted.length)
  let larger = partitions.length % sorted.length
  for (const { memberId, owned } of sorted) {
    const share = shares.get(memberId) ?? []
    // What others say of themselves is not to be trusted: it may name a partition twice.
    const kept = [...new Set(owned)].filter((id) => free.has(id))
    const size = kept.length > least && larger > 0 ? least + 1 : least
    if (size > least) larger--
    for (const id of kept.slice(0, size)) {
      share.push(free.get(id) as Partition)
      free.delete(id)
    }
  }
  for (const partition of free.values()) {
    const smallest = [...shares.values()].reduce((a, b) => (b.length < a.length ? b : a))
    smallest.push(partition)
  }
  return shares
}
