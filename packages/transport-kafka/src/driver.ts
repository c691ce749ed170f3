import type { BotbusError } from '@botbus/core'

/*
 * What the transport needs of a Kafka client, and nothing more: `kafkajs/` is one implementation, another is a folder beside it.
 *
 * Obligations: a driver is connected once and never repaired (`lost` is its end); nothing is sent again by itself; what the
 * protocol refuses is thrown as `ProtocolFailure`, what a socket fails with is its `lost`. Partitions are led by the nodes that the
 * metadata named at connect; when that changes, the driver is lost.
 */

export interface Partition {
  readonly topic: string
  readonly partition: number
}

export interface PartitionOffset extends Partition {
  /** Of the next record to read. */
  readonly offset: number
}

export interface OutgoingRecord {
  readonly key: string
  readonly value: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** Records of one partition, in order. They are written together or not at all. */
export interface Batch extends Partition {
  readonly records: readonly OutgoingRecord[]
}

export interface IncomingRecord {
  readonly offset: number
  readonly value: Buffer
  /** Of the record's header `topic`, if it has one. */
  readonly topic: string | undefined
}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** -1: the broker's default. */
  readonly replicationFactor: number
  /** Names and values as in `kafka-topics.sh --config`. */
  readonly config: Readonly<Record<string, string>>
}

export interface TopicInfo {
  readonly partitions: number
  /** Bytes of one batch, if the broker tells. */
  readonly maxMessageBytes: number | undefined
}

export type RecordListener = (source: Partition, records: readonly IncomingRecord[]) => void

/** Fetches records of a changing set of partitions, without a group: nothing of it is kept at the broker. */
export interface Reader {
  /** Resolves when the broker has granted it; what is there then has been delivered. Does not wait for a fetch under way. */
  add(partitions: readonly PartitionOffset[]): Promise<void>
  /** What a fetch under way brings of it is ignored. */
  remove(partitions: readonly Partition[]): void
  /** Where each partition would be read next. */
  positions(): PartitionOffset[]
  close(): void
}

export interface GroupOptions {
  /** The group's id at the broker. */
  readonly group: string
  /** What its members share. Where the group has no position yet, it gets the end. */
  readonly partitions: readonly Partition[]
  /** Of an earlier session, so that the broker does not wait for that one to expire; empty without one. */
  readonly memberId: string
  /** Reads `partition` from `offset` from now on. */
  assigned(source: PartitionOffset): void
  /** Another member may read it from now on. */
  revoked(source: Partition): void
  records: RecordListener
}

/** A member of a consumer group, which sends its heartbeats by itself. */
export interface Membership {
  readonly memberId: string
  /** Resolves when it was assigned its share for the first time. */
  readonly joined: Promise<void>
  /** Stops reading a partition for a while; what a fetch under way brings of it comes later. */
  pause(source: Partition): void
  resume(source: Partition): void
  /** Resolves with false where the partition has gone to another member: nothing was stored then. */
  commit(position: PartitionOffset): Promise<boolean>
  /** Gives its share back at once. Never rejects. */
  leave(): Promise<void>
}

export interface Driver {
  /** Why it is down, if it is. */
  readonly down: BotbusError | undefined
  /** Resolves when a connection failed, or `close` was called. Never rejects. */
  readonly lost: Promise<BotbusError>
  /** Creates those that are missing and resolves when all have leaders. Existing ones are used as they are. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<ReadonlyMap<string, TopicInfo>>
  /** Called again only when the last one has settled: at most one batch for each partition. Resolves with the failure of each batch. */
  produce(batches: readonly Batch[]): Promise<readonly (BotbusError | undefined)[]>
  /** The offset behind the last record of each, in the order asked for. */
  endOffsets(partitions: readonly Partition[]): Promise<number[]>
  read(listener: RecordListener): Reader
  join(options: GroupOptions): Promise<Membership>
  /** Does nothing while the group has members. */
  deleteGroup(group: string): Promise<void>
  /** Fails everything under way and closes all sockets at once. Idempotent. */
  close(reason: BotbusError): void
}
