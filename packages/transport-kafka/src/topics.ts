import { isPattern, matches } from '@botbus/core'
import type { Partition, TopicInfo, TopicSpec } from './driver.ts'
import { murmur2 } from './murmur2.ts'
import type { Settings } from './options.ts'

/** Bytes of a batch that the topics we create take: a payload of 4 MiB and what a record holds beside it. */
export const MAX_MESSAGE_BYTES: number = 5 * 1024 * 1024
/** Bounds the memory of the look-up; beyond it, it starts over. */
const MAX_KEYS = 50_000

/** The Kafka topic of a topic that has one of its own. */
export function kafkaNameOf(topic: string): string {
  return topic.replaceAll('/', '.')
}

/** What records are ordered and spread by: the first two levels, `hbot/bot1` of `hbot/bot1/status`. */
export function keyOf(topic: string): string {
  const first = topic.indexOf('/')
  const second = first === -1 ? -1 : topic.indexOf('/', first + 1)
  return second === -1 ? topic : topic.slice(0, second)
}

/** The key that all topics matching a pattern have, if they have one in common. */
export function keyOfPattern(pattern: string): string | undefined {
  if (!isPattern(pattern)) return keyOf(pattern)
  const key = keyOf(pattern)
  return isPattern(key) ? undefined : key
}

/** Which Kafka topics there are, and in which of their partitions a topic lives. */
export class Topics {
  readonly messages: string
  readonly commands: string
  readonly replies: string
  readonly #settings: Settings
  /** Topics that have a Kafka topic of their own, by its name. */
  readonly #own: ReadonlyMap<string, string>
  readonly #ownNames: ReadonlySet<string>
  #partitions: ReadonlyMap<string, TopicInfo> = new Map()
  readonly #hashes = new Map<string, number>()

  constructor(settings: Settings) {
    const { prefix, ownTopics } = settings
    this.#settings = settings
    this.messages = `${prefix}.messages`
    this.commands = `${prefix}.commands`
    this.replies = `${prefix}.replies`
    this.#own = new Map(ownTopics.map((topic) => [kafkaNameOf(topic), topic]))
    this.#ownNames = new Set(ownTopics)
  }

  get specs(): TopicSpec[] {
    const { partitions, replicationFactor, retention } = this.#settings
    const spec = (name: string, keep: number, count = partitions): TopicSpec => ({
      name,
      partitions: count,
      replicationFactor,
      config: {
        'cleanup.policy': 'delete',
        'retention.ms': String(keep),
        // Only whole segments are deleted: one holds no more than the retention, so at most twice as much is kept.
        'segment.ms': String(keep),
        'max.message.bytes': String(MAX_MESSAGE_BYTES),
      },
    })
    return [
      spec(this.messages, retention.messages),
      spec(this.commands, retention.commands),
      spec(this.replies, retention.replies),
      ...[...this.#own.keys()].map((name) => spec(name, retention.messages, 1)),
    ]
  }

  /** Called after each connect. */
  found(topics: ReadonlyMap<string, TopicInfo>): void {
    this.#partitions = topics
    this.#hashes.clear()
  }

  /** Bytes of one batch that all three topics take. */
  get maxMessageBytes(): number {
    const limits = [this.messages, this.commands, this.replies].map((name) => this.limitOf(name))
    return Math.min(...limits)
  }

  /** Kafka's default where the broker does not tell. */
  limitOf(name: string): number {
    return this.#partitions.get(name)?.maxMessageBytes ?? 1_048_588
  }

  isOwn(topic: string): boolean {
    return this.#ownNames.size > 0 && this.#ownNames.has(topic)
  }

  /** The topic that all records of a Kafka topic belong to, if it is one's own. */
  ownerOf(name: string): string | undefined {
    return this.#own.get(name)
  }

  /** Which partition of `name` a key lives in: `murmur2(key)` without its sign modulo their number, as Java's default partitioner has it. */
  partitionFor(name: string, key: string): number {
    let hash = this.#hashes.get(key)
    if (hash === undefined) {
      if (this.#hashes.size >= MAX_KEYS) this.#hashes.clear()
      hash = murmur2(Buffer.from(key)) & 0x7fffffff
      this.#hashes.set(key, hash)
    }
    return hash % this.count(name)
  }

  /** Where messages that match a pattern are. */
  messagesOf(pattern: string): Partition[] {
    if (this.isOwn(pattern)) return this.#all(kafkaNameOf(pattern))
    const own = isPattern(pattern) ? [...this.#own].filter(([, topic]) => matches(pattern, topic)) : []
    return [...this.#shared(this.messages, pattern), ...own.flatMap(([name]) => this.#all(name))]
  }

  /** Where requests to an address or pattern are. */
  commandsOf(pattern: string): Partition[] {
    return this.#shared(this.commands, pattern)
  }

  allCommands(): Partition[] {
    return this.#all(this.commands)
  }

  count(name: string): number {
    return this.#partitions.get(name)?.partitions ?? 1
  }

  #shared(name: string, pattern: string): Partition[] {
    const key = keyOfPattern(pattern)
    return key === undefined ? this.#all(name) : [{ topic: name, partition: this.partitionFor(name, key) }]
  }

  #all(name: string): Partition[] {
    return Array.from({ length: this.count(name) }, (_, partition) => ({ topic: name, partition }))
  }
}
