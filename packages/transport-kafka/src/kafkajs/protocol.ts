/* The requests we make, as kafkajs encodes and decodes them: [arguments, response]. */

interface Coded {
  readonly errorCode: number
}

interface CodedPartition extends Coded {
  readonly partition: number
}

interface PartitionsOf<Kind> {
  readonly topic: string
  readonly partitions: readonly Kind[]
}

export interface FetchedRecord {
  readonly offset: string
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | null>>
  readonly isControlRecord: boolean
}

export interface FetchedPartition extends CodedPartition {
  readonly messages: readonly FetchedRecord[]
}

interface ProducedPartition {
  readonly partition: number
  readonly firstSequence: number
  readonly messages: readonly { key: string; value: string | Buffer; headers: Readonly<Record<string, string>> }[]
}

interface TopicMetadata {
  readonly topic: string
  readonly topicErrorCode: number
  readonly partitionMetadata: readonly { partitionErrorCode: number; partitionId: number; leader: number }[]
}

interface Member {
  readonly groupId: string
  readonly memberId: string
}

interface GroupMember {
  readonly memberId: string
  readonly memberMetadata: Buffer
}

interface NewTopic {
  readonly topic: string
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly configEntries: readonly { name: string; value: string }[]
}

export interface Apis {
  ApiVersions: [undefined, Coded & { apiVersions: { apiKey: number; minVersion: number; maxVersion: number }[] }]
  SaslHandshake: [{ mechanism: string }, Coded]
  Metadata: [
    { topics: readonly string[]; allowAutoTopicCreation: boolean },
    {
      readonly brokers: readonly { nodeId: number; host: string; port: number }[]
      readonly controllerId: number
      readonly topicMetadata: readonly TopicMetadata[]
    },
  ]
  CreateTopics: [
    { topics: readonly NewTopic[]; timeout: number },
    { readonly topicErrors: readonly (Coded & { topic: string; errorMessage?: string | null })[] },
  ]
  DescribeConfigs: [
    { resources: readonly { type: number; name: string; configNames: readonly string[] }[] },
    {
      readonly resources: readonly (Coded & {
        resourceName: string
        configEntries: readonly { configName: string; configValue: string }[]
      })[]
    },
  ]
  InitProducerId: [
    { transactionalId: null; transactionTimeout: number },
    Coded & { producerId: string; producerEpoch: number },
  ]
  Produce: [
    {
      acks: number
      timeout: number
      producerId?: string
      producerEpoch?: number
      topicData: readonly PartitionsOf<ProducedPartition>[]
    },
    { readonly topics: readonly { topicName: string; partitions: readonly CodedPartition[] }[] },
  ]
  ListOffsets: [
    { isolationLevel: number; topics: readonly PartitionsOf<{ partition: number; timestamp: number }>[] },
    { readonly responses: readonly PartitionsOf<CodedPartition & { offset: string }>[] },
  ]
  Fetch: [
    {
      isolationLevel: number
      maxWaitTime: number
      minBytes: number
      maxBytes: number
      rackId: string
      topics: readonly PartitionsOf<{ partition: number; fetchOffset: string; maxBytes: number }>[]
    },
    Coded & { readonly responses: readonly { topicName: string; partitions: readonly FetchedPartition[] }[] },
  ]
  GroupCoordinator: [
    { groupId: string; coordinatorType: number },
    Coded & { readonly coordinator: { nodeId: number; host: string; port: number } },
  ]
  JoinGroup: [
    Member & {
      readonly sessionTimeout: number
      readonly rebalanceTimeout: number
      readonly protocolType: string
      readonly groupProtocols: readonly { name: string; metadata: Buffer }[]
    },
    Coded & { generationId: number; leaderId: string; memberId: string; members: readonly GroupMember[] },
  ]
  SyncGroup: [
    Member & {
      readonly generationId: number
      readonly groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[]
    },
    Coded & { readonly memberAssignment: Buffer },
  ]
  Heartbeat: [Member & { readonly groupGenerationId: number }, Coded]
  LeaveGroup: [Member, Coded]
  OffsetFetch: [
    { groupId: string; topics: readonly PartitionsOf<{ partition: number }>[] },
    Partial<Coded> & { readonly responses: readonly PartitionsOf<CodedPartition & { offset: string }>[] },
  ]
  OffsetCommit: [
    Member & {
      readonly groupGenerationId: number
      readonly topics: readonly PartitionsOf<{ partition: number; offset: string }>[]
    },
    { readonly responses: readonly PartitionsOf<CodedPartition>[] },
  ]
  DeleteGroups: [readonly string[], { readonly results: readonly (Coded & { groupId: string })[] }]
}

export type Api = keyof Apis

/** Groups what belongs to partitions by topic, as most requests want it. */
export function byTopic<Kind extends { readonly topic: string }, Entry>(
  items: readonly Kind[],
  toEntry: (item: Kind) => Entry,
): { topic: string; partitions: Entry[] }[] {
  const topics = new Map<string, Entry[]>()
  for (const item of items) {
    const entries = topics.get(item.topic)
    if (entries) entries.push(toEntry(item))
    else topics.set(item.topic, [toEntry(item)])
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}
