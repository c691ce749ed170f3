import { BotbusError } from '@botbus/core'
import type { Partition, PartitionOffset, Reader, RecordListener } from '../driver.ts'
import { ProtocolFailure, toProtocolError } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { FetchLoop } from './fetch-loop.ts'
import { endOffsets, nearestOffsets } from './offsets.ts'

/** Fetches partitions from their leaders: a loop for each node. */
export class PartitionReader implements Reader {
  readonly #cluster: Cluster
  readonly #listener: RecordListener
  readonly #onProblem: (error: BotbusError) => void
  readonly #loops = new Map<number, FetchLoop>()
  #isClosed = false

  constructor(cluster: Cluster, listener: RecordListener, onProblem: (error: BotbusError) => void) {
    this.#cluster = cluster
    this.#listener = listener
    this.#onProblem = onProblem
  }

  async add(partitions: readonly PartitionOffset[]): Promise<void> {
    if (this.#isClosed) return
    const nodes = Map.groupBy(partitions, (partition) => this.#cluster.leaderOf(partition))
    const added = [...nodes].map(([node, own]) => this.#loop(node).add(own))
    const results = await Promise.allSettled(added)
    const failed = results.find((result) => result.status === 'rejected')
    if (!failed) return
    this.remove(partitions)
    const { reason } = failed
    throw reason instanceof ProtocolFailure ? toProtocolError(reason, 'reading') : this.#cluster.fail(reason)
  }

  remove(partitions: readonly Partition[]): void {
    for (const partition of partitions) this.#loops.get(this.#cluster.leaderOf(partition))?.remove(partition)
  }

  pause(partition: Partition, isPaused: boolean): void {
    this.#loops.get(this.#cluster.leaderOf(partition))?.pause(partition, isPaused)
  }

  positions(): PartitionOffset[] {
    return [...this.#loops.values()].flatMap((loop) => loop.positions())
  }

  close(): void {
    this.#isClosed = true
    for (const loop of this.#loops.values()) loop.close()
  }

  #loop(node: number): FetchLoop {
    const known = this.#loops.get(node)
    if (known) return known
    const loop = new FetchLoop(this.#cluster, node, {
      records: this.#listener,
      // The leaders have moved, or a permission was taken away: a new session finds out.
      refused: (failure) => void this.#cluster.fail(failure),
      astray: (positions, cause) => this.#findWay(positions, cause),
    })
    this.#loops.set(node, loop)
    return loop
  }

  async #findWay(positions: readonly PartitionOffset[], cause: unknown): Promise<number[]> {
    const names = [...new Set(positions.map(({ topic }) => topic))].join(', ')
    if (cause instanceof ProtocolFailure) {
      const text = `records of ${names} were deleted before they were read`
      this.#onProblem(new BotbusError('RESOURCE_EXHAUSTED', text, { cause }))
      return nearestOffsets(this.#cluster, positions)
    }
    // Compressed with something that kafkajs cannot read, or nonsense: nobody could ever read on.
    const text = `records in ${names} cannot be read (only gzip can be decompressed); they were skipped`
    this.#onProblem(new BotbusError('INVALID_PAYLOAD', text, { cause }))
    return endOffsets(this.#cluster, positions)
  }
}
