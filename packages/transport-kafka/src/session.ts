import { setTimeout as sleep } from 'node:timers/promises'
import { type BotbusError, type Delivery, toBotbusError } from '@botbus/core'
import type { Session as LinkSession } from '@botbus/core/transport-kit'
import type { Driver, IncomingRecord, Partition, PartitionOffset, RecordListener } from './driver.ts'
import type { Inbox } from './inbox.ts'
import { openKafkajs } from './kafkajs/driver.ts'
import type { Settings } from './options.ts'
import { Outbox } from './outbox.ts'
import { idOf, Reading } from './reading.ts'
import type { Topics } from './topics.ts'

/** Milliseconds for what is on its way when we close. */
const FAREWELL = 3_000

/** What a session is opened with. */
export interface SessionOptions {
  readonly settings: Settings
  readonly topics: Topics
  readonly inbox: Inbox
  /** Where messages were read to by the session before. */
  readonly resume: readonly PartitionOffset[]
  /** Of the topics of messages and commands. */
  readonly onRecords: RecordListener
  onReply(id: string, address: string, payload: Buffer): void
  onProblem(error: BotbusError): void
}

/** What is connected together: opened once, never repaired. */
export class Session implements LinkSession {
  readonly driver: Driver
  readonly outbox: Outbox
  readonly reading: Reading
  readonly lost: Promise<BotbusError>
  /** How to leave the groups that we are members of. */
  readonly leaving: Set<() => Promise<void>> = new Set()
  /** The ends of the partitions of requests when the session began. */
  readonly #floors: ReadonlyMap<string, number>

  constructor(driver: Driver, { topics, onRecords, resume }: SessionOptions, floors: ReadonlyMap<string, number>) {
    this.driver = driver
    this.#floors = floors
    this.outbox = new Outbox(driver, (topic) => topics.limitOf(topic))
    this.reading = new Reading(driver, onRecords, resume)
    this.lost = driver.lost
    void driver.lost.then((reason) => this.outbox.fail(reason))
  }

  get down(): BotbusError | undefined {
    return this.driver.down
  }

  /** Whether a request was sent before this session began: it was given up, and must not run late. */
  isLate(source: Partition, { offset }: IncomingRecord): boolean {
    return offset < (this.#floors.get(idOf(source)) ?? 0)
  }

  hangUp(reason: BotbusError): void {
    this.outbox.fail(reason)
    this.driver.close(reason)
  }

  async end(reason: BotbusError): Promise<void> {
    const timer = new AbortController()
    const farewell = Promise.all([this.outbox.drained(), ...[...this.leaving].map((leave) => leave())])
    // Both end at once when the session is down. A time-out that was called off is no failure.
    const patience = sleep(FAREWELL, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([farewell, patience, this.lost])
    timer.abort()
    this.hangUp(reason)
  }
}

/** Connects, finds or creates the topics and opens the inbox. Rejects with `BotbusError` and leaves nothing open then. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Session> {
  const { settings, topics, inbox } = options
  const driver = await openKafkajs(settings, options.onProblem, signal)
  const onAbort = (): void => driver.close(toBotbusError(signal.reason))
  signal.addEventListener('abort', onAbort)
  try {
    if (signal.aborted) onAbort()
    topics.found(await driver.ensureTopics(topics.specs))
    const replies = { topic: topics.replies, partition: topics.partitionFor(topics.replies, inbox.key) }
    const commands = topics.allCommands()
    const [end = 0, ...floors] = await driver.endOffsets([replies, ...commands])
    const inboxReader = driver.read((_, records) => {
      for (const { topic = '', value } of records) {
        const id = inbox.idOf(topic)
        if (id !== undefined) options.onReply(id, topic, value)
      }
    })
    await inboxReader.add([{ ...replies, offset: end }])
    return new Session(driver, options, new Map(commands.map((source, index) => [idOf(source), floors[index] ?? 0])))
  } catch (error) {
    const reason = driver.down ?? toBotbusError(error)
    driver.close(reason)
    throw reason
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** What a record says, if it says anything that we can read. The payload is a copy: the rest of the response need not stay. */
export function toDelivery(topics: Topics, source: Partition, { topic, value }: IncomingRecord): Delivery | undefined {
  const name = topics.ownerOf(source.topic) ?? topic
  return name === undefined ? undefined : { topic: name, payload: Buffer.from(value), retained: false }
}
