import { BotbusError } from '@botbus/core'
import type {
  Batch,
  Driver,
  GroupOptions,
  Membership,
  Partition,
  Reader,
  RecordListener,
  TopicInfo,
  TopicSpec,
} from '../driver.ts'
import type { Settings } from '../options.ts'
import { Cluster } from './cluster.ts'
import { GroupMember } from './group-member.ts'
import { endOffsets } from './offsets.ts'
import { PartitionReader } from './partition-reader.ts'
import { Producer } from './producer.ts'
import { ensureTopics } from './topic-admin.ts'

/** Connects. Rejects with `BotbusError` and leaves nothing open then. `onProblem` hears of losses that end nothing. */
export async function openKafkajs(
  settings: Settings,
  onProblem: (error: BotbusError) => void,
  signal: AbortSignal,
): Promise<Driver> {
  return new KafkajsDriver(await Cluster.open(settings, signal), onProblem)
}

class KafkajsDriver implements Driver {
  readonly #cluster: Cluster
  readonly #producer: Producer
  readonly #onProblem: (error: BotbusError) => void

  constructor(cluster: Cluster, onProblem: (error: BotbusError) => void) {
    this.#cluster = cluster
    this.#producer = new Producer(cluster)
    this.#onProblem = onProblem
  }

  get down(): BotbusError | undefined {
    return this.#cluster.down
  }

  get lost(): Promise<BotbusError> {
    return this.#cluster.lost
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<ReadonlyMap<string, TopicInfo>> {
    return this.#orDown(this.#prepare(topics))
  }

  produce(batches: readonly Batch[]): Promise<readonly (BotbusError | undefined)[]> {
    return this.#producer.produce(batches)
  }

  endOffsets(partitions: readonly Partition[]): Promise<number[]> {
    return this.#orDown(endOffsets(this.#cluster, partitions))
  }

  read(listener: RecordListener): Reader {
    return new PartitionReader(this.#cluster, listener, this.#onProblem)
  }

  join(options: GroupOptions): Promise<Membership> {
    return this.#orDown(GroupMember.join(this.#cluster, options, this.#onProblem))
  }

  async deleteGroup(group: string): Promise<void> {
    await this.#orDown(GroupMember.delete(this.#cluster, group))
  }

  close(reason: BotbusError): void {
    this.#cluster.close(reason)
  }

  async #prepare(topics: readonly TopicSpec[]): Promise<ReadonlyMap<string, TopicInfo>> {
    const found = await ensureTopics(this.#cluster, topics)
    await this.#producer.prepare()
    return found
  }

  /** What a request failed with because everything ended is why everything ended. */
  async #orDown<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer
    } catch (error) {
      throw this.#cluster.down ?? (BotbusError.is(error) ? error : this.#cluster.fail(error))
    }
  }
}
