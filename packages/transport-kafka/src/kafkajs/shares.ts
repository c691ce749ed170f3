import type { Partition } from '../driver.ts'
import type { Claim } from './assignment.ts'
import { loadKafkajs } from './inner.ts'
import { byTopic } from './protocol.ts'

/* What members of a group tell each other through the broker: what each has, and what the leader gives to each. */

const NOTHING = Buffer.alloc(0)

/** `owned`: the ids of the partitions that the member has now. */
export function fromClaim(partitions: readonly Partition[], owned: Claim['owned']): Buffer {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  return loadKafkajs().MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify(owned)) })
}

export function toClaim({ memberId, memberMetadata }: { memberId: string; memberMetadata: Buffer }): Claim {
  try {
    const owned: unknown = JSON.parse(loadKafkajs().MemberMetadata.decode(memberMetadata).userData.toString())
    return { memberId, owned: Array.isArray(owned) ? owned.filter((id) => typeof id === 'string') : [] }
  } catch {
    // Not written by us: it has nothing that could be kept.
    return { memberId, owned: [] }
  }
}

export function fromShare(share: readonly Partition[]): Buffer {
  const own = byTopic<Partition, number>(share, ({ partition }) => partition)
  const assignment = Object.fromEntries(own.map(({ topic, partitions }) => [topic, partitions]))
  return loadKafkajs().MemberAssignment.encode({ version: 1, assignment, userData: NOTHING })
}

export function toShare(data: Buffer): Partition[] {
  const { assignment } = loadKafkajs().MemberAssignment.decode(data) ?? { assignment: {} }
  return Object.entries(assignment).flatMap(([topic, own]) => own.map((partition) => ({ topic, partition })))
}
