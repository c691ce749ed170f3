import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { BusOptions } from '@botbus/core'
import kafkajs from 'kafkajs'
import { type RecordingBus, recordingBus } from '../../../tests/support/recording-bus.ts'
import { type KafkaOptions, kafka } from '../src/index.ts'
import { loadKafkajs } from '../src/kafkajs/inner.ts'
import { NodeLink } from '../src/kafkajs/node-link.ts'
import { parseOptions } from '../src/options.ts'

export { failure, nextState } from '../../../tests/support/recording-bus.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, logLevel, ResourcePatternTypes } = kafkajs
const { CompressionCodecs, CompressionTypes } = kafkajs

/** A bus that records what it observes, and closes with its block. */
export function open(options: KafkaOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  return recordingBus(kafka(options), busOptions)
}

/** A link of our own to a broker, to look at what is there and to do what a foreign program does. */
async function openLink(options: KafkaOptions): Promise<NodeLink & AsyncDisposable> {
  const settings = parseOptions(options)
  const [endpoint] = settings.endpoints
  if (!endpoint) throw new Error('no endpoint')
  const link = await NodeLink.open(endpoint, settings, AbortSignal.timeout(10_000))
  return Object.assign(link, {
    [Symbol.asyncDispose]: async () => {
      link.close(new Error('done'))
      await link.lost
    },
  })
}

/** The topics of a broker but its own. */
export async function topicsOf(options: KafkaOptions): Promise<Map<string, number>> {
  await using link = await openLink(options)
  // kafkajs writes an empty list as none, which stands for all topics.
  const { topicMetadata } = await link.call('Metadata', { topics: [], allowAutoTopicCreation: false })
  const own = topicMetadata.filter(({ topic }) => !topic.startsWith('__'))
  return new Map(own.map(({ topic, partitionMetadata }) => [topic, partitionMetadata.length]))
}

/** Settings of a topic. */
export async function settingsOf(options: KafkaOptions, name: string): Promise<Record<string, string>> {
  await using link = await openLink(options)
  const configNames = ['retention.ms', 'segment.ms', 'max.message.bytes', 'cleanup.policy']
  const { resources } = await link.call('DescribeConfigs', { resources: [{ type: 2, name, configNames }] })
  return Object.fromEntries(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  )
}

/** Whether the broker still knows a group. */
export async function hasOffsets(options: KafkaOptions, group: string, topic: string): Promise<boolean> {
  await using link = await openLink(options)
  const partitions = Array.from({ length: 12 }, (_, partition) => ({ partition }))
  const { responses } = await link.call('OffsetFetch', { groupId: group, topics: [{ topic, partitions }] })
  return responses.some((response) => response.partitions.some(({ offset }) => Number(offset) >= 0))
}

/** The batches of a partition, as the broker keeps them: who wrote each, and the first of its numbers. */
export async function batchesOf(
  options: KafkaOptions,
  topic: string,
  partition: number,
): Promise<{ producerId: string; firstSequence: number }[]> {
  await using link = await openLink(options)
  const limits = { isolationLevel: 0, maxWaitTime: 0, minBytes: 0, maxBytes: 1024 * 1024, rackId: '' }
  const partitions = [{ partition, fetchOffset: '0', maxBytes: 1024 * 1024 }]
  const { responses } = await link.call('Fetch', { ...limits, topics: [{ topic, partitions }] })
  const records = responses[0]?.partitions[0]?.messages ?? []
  const contexts = records.map((record) => (record as typeof record & { batchContext: Batch }).batchContext)
  return [...new Map(contexts.map((context) => [context.firstOffset, context])).values()]
}

/** What kafkajs tells with each record. */
interface Batch {
  readonly firstOffset: string
  readonly producerId: string
  readonly firstSequence: number
}

/** Writes a record as another program does: no header, no key. `isSnappy`: as kafkajs cannot without another package. */
export async function writeRaw(
  options: KafkaOptions,
  topic: string,
  value: string | Buffer,
  { isSnappy = false } = {},
): Promise<void> {
  await using link = await openLink(options)
  const messages = [{ key: '', value, headers: {} }]
  const topicData = [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }]
  const request = { acks: -1, timeout: 5_000, topicData, compression: isSnappy ? CompressionTypes.Snappy : 0 }
  const original = CompressionCodecs[CompressionTypes.Snappy]
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => toSnappy(buffer),
  })
  const answer = link.call('Produce', request)
  const { topics } = await answer.finally(() => {
    CompressionCodecs[CompressionTypes.Snappy] = original
  })
  const code = topics[0]?.partitions[0]?.errorCode ?? -1
  if (code !== 0) throw new Error(loadKafkajs().errorName(code))
}

/** In the framing that Java programs use, as one literal: nothing is made smaller. */
function toSnappy(plain: Buffer): Buffer {
  if (plain.length > 60) throw new Error('too long for one short literal')
  const block = Buffer.concat([Buffer.from([plain.length, (plain.length - 1) << 2]), plain])
  const head = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, block.length])
  return Buffer.concat([head, block])
}

/** What an administrator does with a client of their own. */
export async function administer(
  options: KafkaOptions,
  work: (admin: kafkajs.Admin) => Promise<unknown>,
): Promise<void> {
  const brokers = parseOptions(options).endpoints.map(({ host, port }) => `${host}:${port}`)
  const admin = new kafkajs.Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await work(admin).finally(() => admin.disconnect())
}

/** Lets a user do that with the topics and groups that begin with `botbus.`. */
export async function grant(
  { url, username = '', password = '' }: KafkaOptions,
  user: string,
  operations: Record<'TOPIC' | 'GROUP', readonly (keyof typeof AclOperationTypes)[]>,
): Promise<void> {
  const sasl = { mechanism: 'plain', username, password } as const
  const options = { brokers: [new URL(url).host], sasl, ssl: false, logLevel: logLevel.NOTHING }
  const admin = new kafkajs.Kafka(options).admin()
  await admin.connect()
  const acl = (['TOPIC', 'GROUP'] as const).flatMap((kind) =>
    operations[kind].map((operation) => ({
      resourceType: AclResourceTypes[kind],
      resourceName: 'botbus.',
      resourcePatternType: ResourcePatternTypes.PREFIXED,
      principal: `User:${user}`,
      host: '*',
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  )
  await admin.createAcls({ acl })
  await admin.disconnect()
}

export interface Child extends AsyncDisposable {
  readonly process: ChildProcess
  /** What it wrote to stderr so far. */
  stderr(): string
  /** The next message with that name. */
  next(name: string): Promise<{ name: string; value?: unknown }>
  send(message: string): void
}

/** `child.ts`, with the way it shall behave. */
export async function startChild(role: string, options: KafkaOptions): Promise<Child> {
  const child = fork(new URL('./child.ts', import.meta.url), [role, JSON.stringify(options)], {
    execArgv: [...process.execArgv.filter((flag) => flag.startsWith('--experimental')), '--conditions=@botbus/source'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const next: Child['next'] = (name) =>
    new Promise((resolve, reject) => {
      const onMessage = (message: { name: string }): void => {
        if (message.name !== name) return
        child.off('message', onMessage)
        child.off('exit', onExit)
        resolve(message)
      }
      const onExit = (): void => reject(new Error(`the child ended: ${text}`))
      child.on('message', onMessage)
      child.once('exit', onExit)
    })
  await next('up')
  return {
    process: child,
    stderr: () => text,
    next,
    send: (message) => void child.send(message),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
