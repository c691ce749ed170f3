import { BotbusError } from '@botbus/core'
import type { TopicInfo, TopicSpec } from '../driver.ts'
import { ProtocolFailure, toProtocolError } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { loadKafkajs } from './inner.ts'
import { areLed } from './offsets.ts'

/** Kafka's number for a topic among the things that have a configuration. */
const TOPIC = 2
/** Milliseconds before topics that are new are looked at again. */
const SOON = 20
const NOT_ALLOWED = ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'POLICY_VIOLATION']

/** Creates what is missing. Rejects with `UNAUTHORIZED` and what an administrator has to run where that is not allowed. */
export async function ensureTopics(
  cluster: Cluster,
  specs: readonly TopicSpec[],
): Promise<ReadonlyMap<string, TopicInfo>> {
  const names = specs.map(({ name }) => name)
  const failures = await cluster.refresh(names)
  const missing = specs.filter(({ name }) => failures.has(name))
  const hidden = missing.filter(({ name }) => failures.get(name) !== 'UNKNOWN_TOPIC_OR_PARTITION')
  if (hidden.length > 0) throw mayNotCreate(cluster, hidden, failures.get(hidden[0]?.name ?? '') ?? '')
  if (missing.length > 0) {
    await create(cluster, missing)
    await refreshUntilFound(cluster, names)
  }
  while (
    !(await areLed(
      cluster,
      names.flatMap((name) => cluster.partitionsOf(name)),
    ))
  ) {
    await cluster.sleep(SOON)
    await refreshUntilFound(cluster, names)
  }
  const limits = await maxMessageBytes(cluster, names)
  return new Map(
    names.map((name) => [name, { partitions: cluster.partitionsOf(name).length, maxMessageBytes: limits.get(name) }]),
  )
}

async function create(cluster: Cluster, specs: readonly TopicSpec[]): Promise<void> {
  const topics = specs.map(({ name, partitions, replicationFactor, config }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  }))
  const link = await cluster.main(cluster.controller)
  const { topicErrors } = await link.call('CreateTopics', { topics, timeout: cluster.settings.connectTimeout })
  const refused: TopicSpec[] = []
  let reason = ''
  for (const { topic, errorCode, errorMessage } of topicErrors) {
    const type = errorCode === 0 ? undefined : loadKafkajs().errorName(errorCode)
    // Somebody else was quicker.
    if (type === undefined || type === 'TOPIC_ALREADY_EXISTS') continue
    if (!NOT_ALLOWED.includes(type)) {
      throw toProtocolError(new ProtocolFailure(type, errorMessage ?? ''), `creating the topic ${topic}`)
    }
    reason = type
    refused.push(...specs.filter(({ name }) => name === topic))
  }
  if (refused.length > 0) throw mayNotCreate(cluster, refused, reason)
}

/** A new topic is known to its broker a moment later. */
async function refreshUntilFound(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (;;) {
    const failures = await cluster.refresh(names)
    if (failures.size === 0) return
    const other = [...failures].find(([, type]) => type !== 'UNKNOWN_TOPIC_OR_PARTITION')
    if (other) throw toProtocolError(new ProtocolFailure(other[1]), `the topic ${other[0]}`)
    await cluster.sleep(SOON)
  }
}

/** Of the topics whose configuration we may see. */
async function maxMessageBytes(cluster: Cluster, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const link = await cluster.main(cluster.controller)
  const resources = names.map((name) => ({ type: TOPIC, name, configNames: ['max.message.bytes'] }))
  const answer = await link.call('DescribeConfigs', { resources })
  const known = answer.resources.flatMap(({ resourceName, configEntries }) =>
    configEntries.map(({ configValue }) => [resourceName, Number(configValue)] as const),
  )
  return new Map(known.filter(([, bytes]) => bytes > 0))
}

function mayNotCreate(cluster: Cluster, specs: readonly TopicSpec[], type: string): BotbusError {
  const { label, username } = cluster.settings
  const names = specs.map(({ name }) => name).join(', ')
  const commands = specs.map((spec) => `  ${commandFor(spec, cluster.settings.endpoints)}`).join('\n')
  const who = username === undefined ? 'we' : `user "${username}"`
  const text = `${label}: the topics ${names} are missing, and ${who} may not see or create them (${type}). Allow that, or run:\n${commands}`
  return new BotbusError('UNAUTHORIZED', text, { cause: new ProtocolFailure(type) })
}

function commandFor(
  { name, partitions, replicationFactor, config }: TopicSpec,
  endpoints: readonly { host: string; port: number }[],
): string {
  const servers = endpoints.map(({ host, port }) => `${host}:${port}`).join(',')
  const replicas = replicationFactor === -1 ? '' : ` --replication-factor ${replicationFactor}`
  const settings = Object.entries(config).map(([key, value]) => ` --config ${key}=${value}`)
  return `kafka-topics.sh --bootstrap-server ${servers} --create --if-not-exists --topic ${name} --partitions ${partitions}${replicas}${settings.join('')}`
}
