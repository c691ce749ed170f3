import type { Delivery, DeliveryListener } from '@botbus/core'
import type { GroupOptions, IncomingRecord, Membership, Partition, PartitionOffset } from './driver.ts'
import { idOf } from './reading.ts'

/** So many records of one partition may wait for the group's position to be moved before it is not read for a while. */
const HIGH = 1_000

/** A listener in a group. */
export interface Worker {
  readonly listener: DeliveryListener
  /** How many deliveries it may have under way, if it acknowledges. */
  readonly limit: number | undefined
  underWay: number
}

/** What a group's member does with what it reads. */
export interface GroupWork extends Pick<GroupOptions, 'assigned' | 'revoked' | 'records'> {
  /** Called once, before anything else. */
  start(member: Membership): void
  /** Hands over nothing more. Resolves when nothing is under way. */
  stop(): Promise<void>
}

/** Turns a record into a delivery, if it is for the group. */
export type ToDelivery = (source: Partition, record: IncomingRecord) => Delivery | undefined

interface Share {
  readonly source: Partition
  readonly waiting: IncomingRecord[]
  isBusy: boolean
}

/** At most once: the group's position is behind a record before a listener gets it. */
export class HandOver implements GroupWork {
  readonly #workers: () => readonly Worker[]
  readonly #toDelivery: ToDelivery
  readonly #shares = new Map<string, Share>()
  #member: Membership | undefined
  #isStopped = false
  #turn = 0

  constructor(workers: () => readonly Worker[], toDelivery: ToDelivery) {
    this.#workers = workers
    this.#toDelivery = toDelivery
  }

  start(member: Membership): void {
    this.#member = member
  }

  stop(): Promise<void> {
    this.#isStopped = true
    return Promise.resolve()
  }

  assigned({ topic, partition }: PartitionOffset): void {
    const source = { topic, partition }
    this.#shares.set(idOf(source), { source, waiting: [], isBusy: false })
  }

  revoked(source: Partition): void {
    this.#shares.delete(idOf(source))
  }

  records(source: Partition, records: readonly IncomingRecord[]): void {
    const share = this.#shares.get(idOf(source))
    if (!share || this.#isStopped) return
    for (const record of records) share.waiting.push(record)
    if (!share.isBusy) void this.#work(share)
    else if (share.waiting.length > HIGH) this.#member?.pause(source)
  }

  /** Never rejects: `commit` does not as long as the session is up, and nothing is left to do when it is down. */
  async #work(share: Share): Promise<void> {
    share.isBusy = true
    try {
      while (share.waiting.length > 0 && this.#has(share)) {
        const records = share.waiting.splice(0)
        if (records.length > HIGH) this.#member?.resume(share.source)
        await this.#hand(share, records)
      }
    } catch {
      // The session ended, which it says itself.
    } finally {
      share.isBusy = false
    }
  }

  #has(share: Share): boolean {
    return !this.#isStopped && this.#shares.get(idOf(share.source)) === share
  }

  async #hand(share: Share, records: readonly IncomingRecord[]): Promise<void> {
    const { source } = share
    const deliveries = records.map((record) => this.#toDelivery(source, record)).filter((it) => it !== undefined)
    const last = records.at(-1)
    // What is not for us is read again at worst.
    if (!last || deliveries.length === 0) return
    const isOurs = await this.#member?.commit({ ...source, offset: last.offset + 1 })
    // Another member has it, or will, or we read it again: it was not committed.
    if (!isOurs || this.#isStopped) return
    for (const delivery of deliveries) {
      const workers = this.#workers()
      void workers[this.#turn++ % workers.length]?.listener(delivery)
    }
  }
}
