import type { IncomingRecord, Partition, PartitionOffset, RecordListener } from '../driver.ts'
import { ProtocolFailure } from '../errors.ts'
import type { Cluster } from './cluster.ts'
import { loadKafkajs } from './inner.ts'
import type { NodeLink } from './node-link.ts'
import { type Apis, byTopic, type FetchedPartition, type FetchedRecord } from './protocol.ts'

const PARTITION_BYTES = 1024 * 1024
const RESPONSE_BYTES = 16 * 1024 * 1024
/** Milliseconds that a fetch waits for records, at most, while a partition is paused: so long it waits to be read again. */
const BRIEFLY = 50

interface Position extends Partition {
  offset: number
  isPaused: boolean
  /** It is being found out where to go on. */
  isAstray: boolean
  /** The number of the fetch that asks for it. */
  fetch: number
  /** Settled by the first answer. */
  isGranted: boolean
  readonly granted: PromiseWithResolvers<void>
}

export interface FetchEvents {
  readonly records: RecordListener
  /** The broker refuses what it had granted; the loop goes on without it. */
  refused(failure: ProtocolFailure): void
  /** That offset is not there, or something in there cannot be read. Resolves with the offsets to go on from. */
  astray(partitions: readonly PartitionOffset[], cause: unknown): Promise<number[]>
}

export function idOf({ topic, partition }: Partition): string {
  return `${topic}:${partition}`
}

/** Reads partitions that one node leads. What is added is read at once: the next fetch has a connection of its own. */
export class FetchLoop {
  readonly #cluster: Cluster
  readonly #node: number
  readonly #events: FetchEvents
  readonly #maxWait: number
  readonly #positions = new Map<string, Position>()
  /** The one that counts; what an earlier one still brings is ignored. */
  #link: NodeLink | undefined
  /** Ends of swaps under way; the last one's. */
  #swapping: Promise<void> = Promise.resolve()
  #scheduled: Promise<void> | undefined
  #isClosed = false
  #fetches = 0

  constructor(cluster: Cluster, node: number, events: FetchEvents) {
    this.#cluster = cluster
    this.#node = node
    this.#events = events
    // Half of the patience with a node that is silent, so that a fetch that waits is none.
    this.#maxWait = Math.min(5_000, cluster.settings.keepalive * 500)
  }

  /** Resolves when the broker has answered for all of them; rejects with `ProtocolFailure` when it refused one. */
  async add(partitions: readonly PartitionOffset[]): Promise<void> {
    const added = partitions.map((partition) => {
      this.remove(partition)
      const granted = Promise.withResolvers<void>()
      const position = { ...partition, isPaused: false, isAstray: false, isGranted: false, fetch: 0, granted }
      this.#positions.set(idOf(partition), position)
      return position.granted.promise
    })
    this.#scheduled ??= this.#schedule()
    await Promise.all([this.#scheduled, ...added])
  }

  remove(partition: Partition): void {
    const id = idOf(partition)
    this.#positions.get(id)?.granted.resolve()
    this.#positions.delete(id)
  }

  pause(partition: Partition, isPaused: boolean): void {
    const position = this.#positions.get(idOf(partition))
    if (position) position.isPaused = isPaused
  }

  positions(): PartitionOffset[] {
    return [...this.#positions.values()].map(({ topic, partition, offset }) => ({ topic, partition, offset }))
  }

  close(): void {
    this.#isClosed = true
    for (const position of [...this.#positions.values()]) this.remove(position)
    if (this.#link) this.#cluster.release(this.#link)
  }

  /** What is added within one tick shares a connection. */
  async #schedule(): Promise<void> {
    await new Promise(setImmediate)
    this.#scheduled = undefined
    const swapped = this.#swapping.then(() => this.#swap())
    this.#swapping = swapped.catch(() => undefined)
    await swapped
  }

  async #swap(): Promise<void> {
    if (this.#isClosed) return
    const link = await this.#cluster.dedicated(this.#node)
    const old = this.#link
    if (this.#isClosed) return this.#cluster.release(link)
    this.#link = link
    if (old) this.#cluster.release(old)
    // The first fetch does not wait: it tells what the broker refuses.
    await this.#fetch(link, 0)
    void this.#run(link)
  }

  /** Never rejects. */
  async #run(link: NodeLink): Promise<void> {
    while (this.#link === link && !this.#isClosed) {
      try {
        if (this.#positions.size === 0) return this.#rest(link)
        const isPaused = [...this.#positions.values()].some((position) => position.isPaused || position.isAstray)
        await this.#fetch(link, isPaused ? BRIEFLY : this.#maxWait)
      } catch (error) {
        // The link is lost, which its cluster knows, or was released. Anything else is a defect.
        if (link.isUp) this.#cluster.fail(error)
        return
      }
    }
  }

  /** Nothing to read: what is added next opens a link. */
  #rest(link: NodeLink): void {
    this.#link = undefined
    this.#cluster.release(link)
  }

  async #fetch(link: NodeLink, maxWaitTime: number): Promise<void> {
    const wanted = [...this.#positions.values()].filter(({ isPaused, isAstray }) => !isPaused && !isAstray)
    if (wanted.length === 0) return this.#cluster.sleep(BRIEFLY)
    await this.#ask(link, maxWaitTime, wanted)
    // The broker fills a response from the front: whoever came first comes last next time.
    const [first] = wanted
    if (first && this.#positions.get(idOf(first)) === first) {
      this.#positions.delete(idOf(first))
      this.#positions.set(idOf(first), first)
    }
  }

  async #ask(link: NodeLink, maxWaitTime: number, wanted: readonly Position[]): Promise<void> {
    // Another link asks for all of them now.
    if (this.#link !== link || this.#isClosed) return
    const number = ++this.#fetches
    for (const position of wanted) position.fetch = number
    const topics = byTopic(wanted, ({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: PARTITION_BYTES,
    }))
    const limits = { isolationLevel: 0, minBytes: 1, maxBytes: RESPONSE_BYTES, rackId: '' }
    let response: Apis['Fetch'][1]
    try {
      response = await link.call('Fetch', { ...limits, maxWaitTime, topics }, maxWaitTime)
    } catch (error) {
      if (!link.isUp) throw error
      if (wanted.length === 1) return this.#skip(wanted, error)
      // Whose records cannot be read shows when each is asked for alone.
      for (const position of wanted) await this.#ask(link, 0, [position])
      return
    }
    if (this.#link !== link || this.#isClosed) return
    for (const { topicName: topic, partitions } of response.responses) {
      for (const partition of partitions) this.#take(number, topic, partition)
    }
  }

  #take(number: number, topic: string, { partition, errorCode, messages }: FetchedPartition): void {
    const position = this.#positions.get(idOf({ topic, partition }))
    // Removed, added again or paused meanwhile.
    if (position?.fetch !== number || position.isPaused) return
    if (errorCode !== 0) {
      this.#refuse(position, errorCode)
      return
    }
    position.isGranted = true
    position.granted.resolve()
    const asked = position.offset
    const records: IncomingRecord[] = []
    for (const message of messages) {
      const offset = Number(message.offset)
      // A batch comes whole, also with what is before the offset that was asked for.
      if (offset < position.offset) continue
      position.offset = offset + 1
      if (!message.isControlRecord) records.push(toRecord(offset, message))
    }
    // All are before the one that was asked for: that one was compacted away.
    if (messages.length > 0 && position.offset === asked) position.offset++
    if (records.length > 0) this.#events.records(position, records)
  }

  #refuse(position: Position, code: number): void {
    const failure = new ProtocolFailure(loadKafkajs().errorName(code), position.topic)
    if (failure.type === 'OFFSET_OUT_OF_RANGE') {
      // Nobody could read on: a new session finds out.
      this.#skip([position], failure).catch((error: unknown) => this.#cluster.fail(error))
      return
    }
    this.#positions.delete(idOf(position))
    if (position.isGranted) this.#events.refused(failure)
    else position.granted.reject(failure)
  }

  async #skip(positions: readonly Position[], cause: unknown): Promise<void> {
    for (const position of positions) position.isAstray = true
    const offsets = await this.#events.astray(positions, cause)
    for (const [index, position] of positions.entries()) {
      position.offset = offsets[index] ?? position.offset
      position.isAstray = false
    }
  }
}

const NOTHING = Buffer.alloc(0)

function toRecord(offset: number, { value, headers }: FetchedRecord): IncomingRecord {
  const topic = headers['topic']
  return { offset, value: value ?? NOTHING, topic: Buffer.isBuffer(topic) ? topic.toString() : undefined }
}
