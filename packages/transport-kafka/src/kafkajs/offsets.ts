import type { Partition, PartitionOffset } from '../driver.ts'
import { ProtocolFailure, toProtocolError } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { idOf } from './fetch-loop.ts'
import { loadKafkajs } from './inner.ts'
import { byTopic } from './protocol.ts'

const END = -1
const EARLIEST = -2

/** They say that a topic is new, or that its leaders have just started or moved. */
export const UNSETTLED: readonly string[] = [
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'OFFSET_NOT_AVAILABLE',
]

/** The offset behind the last record of each partition, asked of each leader once. */
export function endOffsets(cluster: Cluster, partitions: readonly Partition[]): Promise<number[]> {
  return listOffsets(cluster, partitions, END)
}

/** The nearest offsets that exist. */
export async function nearestOffsets(cluster: Cluster, positions: readonly PartitionOffset[]): Promise<number[]> {
  const [earliest, ends] = await Promise.all([
    listOffsets(cluster, positions, EARLIEST),
    listOffsets(cluster, positions, END),
  ])
  return positions.map(({ offset }, index) => Math.min(Math.max(offset, earliest[index] ?? 0), ends[index] ?? 0))
}

/** Resolves with true when the leaders of all partitions say that they are: metadata may be ahead of them. */
export async function areLed(cluster: Cluster, partitions: readonly Partition[]): Promise<boolean> {
  try {
    await ask(cluster, partitions, END)
    return true
  } catch (error) {
    if (error instanceof ProtocolFailure && UNSETTLED.includes(error.type)) return false
    throw error
  }
}

async function listOffsets(cluster: Cluster, partitions: readonly Partition[], timestamp: number): Promise<number[]> {
  try {
    return await ask(cluster, partitions, timestamp)
  } catch (cause) {
    if (!(cause instanceof ProtocolFailure)) throw cause
    const error = toProtocolError(cause, 'reading')
    // The leaders have moved: a new session learns the new ones.
    throw error.code === 'NOT_CONNECTED' ? cluster.fail(cause) : error
  }
}

async function ask(cluster: Cluster, partitions: readonly Partition[], timestamp: number): Promise<number[]> {
  const found = new Map<string, number>()
  const nodes = Map.groupBy(partitions, (partition) => cluster.leaderOf(partition))
  const asked = [...nodes].map(async ([node, own]) => {
    const link = await cluster.main(node)
    const topics = byTopic(own, ({ partition }) => ({ partition, timestamp }))
    const { responses } = await link.call('ListOffsets', { isolationLevel: 0, topics })
    for (const { topic, partitions: answers } of responses) {
      for (const { partition, errorCode, offset } of answers) {
        if (errorCode !== 0) throw new ProtocolFailure(loadKafkajs().errorName(errorCode), topic)
        found.set(idOf({ topic, partition }), Number(offset))
      }
    }
  })
  await Promise.all(asked)
  return partitions.map((partition) => found.get(idOf(partition)) ?? 0)
}
