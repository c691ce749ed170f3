import { describe, expect, it, vi } from 'vitest'
import type { PartitionOffset } from '../driver.ts'
import type { Cluster } from './cluster.ts'
import { FetchLoop } from './fetch-loop.ts'
import type { Apis } from './protocol.ts'

type Fetch = Apis['Fetch']

/** A loop over a node that answers each partition with what `answer` says, at once; from then on, it waits. */
function loopOver(answer: (position: PartitionOffset) => readonly number[]) {
  const received: string[] = []
  const asked: PartitionOffset[] = []
  const failed: unknown[] = []
  const astray = vi.fn(async (positions: readonly PartitionOffset[], _: unknown) => positions.map(() => 100))
  const call = async (_: 'Fetch', { topics }: Fetch[0]): Promise<Fetch[1]> => {
    const wanted = topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => ({ topic, partition, offset: Number(fetchOffset) })),
    )
    asked.push(...wanted)
    if (asked.length > 20) return new Promise(() => undefined)
    const responses = wanted.map((position) => {
      const messages = answer(position).map((offset) => {
        return { offset: String(offset), value: null, headers: {}, isControlRecord: false }
      })
      return { topicName: position.topic, partitions: [{ partition: position.partition, errorCode: 0, messages }] }
    })
    return { errorCode: 0, responses }
  }
  const cluster = {
    settings: { keepalive: 15 },
    dedicated: async () => ({ call, isUp: true }),
    release: () => undefined,
    fail: (error: unknown) => failed.push(error),
  }
  const loop = new FetchLoop(cluster as unknown as Cluster, 1, {
    records: ({ partition }, records) => received.push(...records.map(({ offset }) => `${partition}:${offset}`)),
    refused: (error) => failed.push(error),
    astray,
  })
  return { loop, received, asked, astray, failed }
}

describe('FetchLoop', () => {
  it('skips records that cannot be read, and none of other partitions', async () => {
    const { loop, received, astray, failed } = loopOver(({ partition, offset }) => {
      if (partition === 1 && offset < 100) throw new Error('compressed with something else')
      return partition === 0 && offset === 5 ? [5, 6] : []
    })
    await loop.add([0, 1, 2].map((partition) => ({ topic: 't', partition, offset: 5 })))
    expect(received).toEqual(['0:5', '0:6'])
    expect(astray.mock.calls.map(([positions]) => positions.map(({ partition }) => partition))).toEqual([[1]])
    expect(loop.positions().toSorted((a, b) => a.partition - b.partition)).toEqual([
      { topic: 't', partition: 0, offset: 7 },
      { topic: 't', partition: 1, offset: 100 },
      { topic: 't', partition: 2, offset: 5 },
    ])
    expect(failed).toEqual([])
  })

  it('goes on behind a record that was compacted away', async () => {
    const { loop, received, asked } = loopOver(({ offset }) => (offset < 9 ? [6, 7] : [9]))
    await loop.add([{ topic: 't', partition: 0, offset: 8 }])
    await vi.waitFor(() => expect(received).toEqual(['0:9']))
    expect(asked.slice(0, 2).map(({ offset }) => offset)).toEqual([8, 9])
  })
})
