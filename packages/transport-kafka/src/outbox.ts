import { BotbusError } from '@botbus/core'
import type { Batch, Driver, OutgoingRecord } from './driver.ts'

/** Beside its payload a record holds its key, its topic and lengths; a batch has a header. A little more than that. */
const RECORD_OVERHEAD = 600
/** Bytes of one batch of several records, at most, so that they fit into a topic with Kafka's default limit. */
const BATCH_BYTES = 900_000
const REQUEST_BYTES = 8 * 1024 * 1024
/** Bytes that may wait. */
const CAPACITY = 64 * 1024 * 1024

interface OpenBatch extends Batch {
  readonly records: OutgoingRecord[]
  /** Shared by its records: they are written together or not at all. */
  readonly written: PromiseWithResolvers<void>
  bytes: number
}

/**
 * Records on their way: those of one tick, and those that come while a request is under way, go together, in one batch for each
 * partition. One request at a time keeps them in order.
 */
export class Outbox {
  readonly #driver: Driver
  readonly #limitOf: (topic: string) => number
  /** In the order in which they were begun. */
  #queue: OpenBatch[] = []
  /** The batch that still takes records, by topic and partition. */
  readonly #open = new Map<string, (OpenBatch | undefined)[]>()
  #bytes = 0
  #isBusy = false
  #isScheduled = false
  #failure: BotbusError | undefined
  #idle: PromiseWithResolvers<void> | undefined

  /** `limitOf`: bytes of a batch that a Kafka topic takes. */
  constructor(driver: Driver, limitOf: (topic: string) => number) {
    this.#driver = driver
    this.#limitOf = limitOf
  }

  /** Resolves when the broker has written it. Rejections carry the outcome. */
  send(topic: string, partition: number, record: OutgoingRecord): Promise<void> {
    if (this.#failure) return Promise.reject(notSent(this.#failure))
    const bytes = RECORD_OVERHEAD + Buffer.byteLength(record.value)
    if (this.#bytes + bytes > CAPACITY) {
      const text = `more than ${CAPACITY} bytes wait to be written; wait for what publish returns`
      return Promise.reject(new BotbusError('RESOURCE_EXHAUSTED', text, { outcome: 'not_sent' }))
    }
    const batch = this.#batch(topic, partition, bytes)
    batch.records.push(record)
    batch.bytes += bytes
    this.#bytes += bytes
    this.#schedule()
    return batch.written.promise
  }

  /** Resolves when nothing is on its way. Never rejects. */
  drained(): Promise<void> {
    if (this.#queue.length === 0 && !this.#isBusy) return Promise.resolve()
    this.#idle ??= Promise.withResolvers<void>()
    return this.#idle.promise
  }

  /** Rejects what waits and what comes: none of it was sent. */
  fail(reason: BotbusError): void {
    this.#failure ??= reason
    const waiting = this.#queue
    this.#queue = []
    this.#open.clear()
    this.#bytes = 0
    for (const { written } of waiting) written.reject(notSent(reason))
    if (!this.#isBusy) this.#idle?.resolve()
  }

  #batch(topic: string, partition: number, bytes: number): OpenBatch {
    const partitions = this.#open.get(topic) ?? []
    if (partitions.length === 0) this.#open.set(topic, partitions)
    const open = partitions[partition]
    if (open && open.bytes + bytes <= Math.min(BATCH_BYTES, this.#limitOf(topic))) return open
    const batch = { topic, partition, records: [], written: Promise.withResolvers<void>(), bytes: 0 }
    partitions[partition] = batch
    this.#queue.push(batch)
    return batch
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isBusy) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      void this.#flush()
    })
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    while (this.#queue.length > 0) await this.#write(this.#next())
    this.#isBusy = false
    this.#idle?.resolve()
    this.#idle = undefined
  }

  async #write(batches: readonly OpenBatch[]): Promise<void> {
    const failures = await this.#driver.produce(batches)
    for (const [index, { written, bytes }] of batches.entries()) {
      if (!this.#failure) this.#bytes -= bytes
      const failure = failures[index]
      if (failure) written.reject(failure)
      else written.resolve()
    }
  }

  /** The first batch of each partition, as many as fit into a request; they take no more records. */
  #next(): OpenBatch[] {
    const chosen: OpenBatch[] = []
    const rest: OpenBatch[] = []
    const seen = new Set<string>()
    let bytes = 0
    for (const batch of this.#queue) {
      const id = `${batch.topic}:${batch.partition}`
      const fits = chosen.length === 0 || bytes + batch.bytes <= REQUEST_BYTES
      if (seen.has(id) || !fits) {
        rest.push(batch)
        seen.add(id)
        continue
      }
      seen.add(id)
      chosen.push(batch)
      bytes += batch.bytes
      const partitions = this.#open.get(batch.topic)
      if (partitions?.[batch.partition] === batch) partitions[batch.partition] = undefined
    }
    this.#queue = rest
    return chosen
  }
}

function notSent(cause: BotbusError): BotbusError {
  return cause.outcome === 'not_sent'
    ? cause
    : new BotbusError(cause.code, cause.message, { outcome: 'not_sent', cause })
}
