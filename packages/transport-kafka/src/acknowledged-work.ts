import { BotbusError, type Delivery } from '@botbus/core'
import type { IncomingRecord, Membership, Partition, PartitionOffset } from './driver.ts'
import type { GroupWork, ToDelivery, Worker } from './group-work.ts'
import { idOf } from './reading.ts'

/** So many records of one partition may wait in the process before it is not read for a while. */
const HIGH = 256
const LOW = 64
/** So many may be finished behind one that is not, before no more of its partition is begun. */
const AHEAD = 10_000

interface Entry {
  readonly offset: number
  isDone: boolean
}

interface Share {
  readonly source: Partition
  waiting: IncomingRecord[]
  /** What was handed over, in order; the group's position follows the first one that is not done. */
  readonly window: Entry[]
  /** What a listener that left gave back: for another one. */
  returned: { readonly entry: Entry; readonly delivery: Delivery }[]
  /** A listener wants to have one of it kept: nothing behind that can be acknowledged. */
  isStopped: boolean
  isPaused: boolean
  isCommitting: boolean
  /** Where the group's position should be, and where it is. */
  offset: number
  committed: number
}

/** At least once: the group's position follows what listeners have finished. */
export class AcknowledgedWork implements GroupWork {
  readonly #workers: () => readonly Worker[]
  readonly #toDelivery: ToDelivery
  readonly #shares = new Map<string, Share>()
  /** Listeners that were closed, before their group was told so. */
  readonly #left = new WeakSet<Worker>()
  #member: Membership | undefined
  #isStopped = false
  #underWay = 0
  #idle: PromiseWithResolvers<void> | undefined

  constructor(workers: () => readonly Worker[], toDelivery: ToDelivery) {
    this.#workers = workers
    this.#toDelivery = toDelivery
  }

  start(member: Membership): void {
    this.#member = member
  }

  stop(): Promise<void> {
    this.#isStopped = true
    this.#idle ??= Promise.withResolvers<void>()
    this.#checkIdle()
    return this.#idle.promise
  }

  assigned({ topic, partition, offset }: PartitionOffset): void {
    const source = { topic, partition }
    const flags = { isStopped: false, isPaused: false, isCommitting: false }
    this.#shares.set(idOf(source), {
      source,
      waiting: [],
      window: [],
      returned: [],
      offset,
      committed: offset,
      ...flags,
    })
  }

  revoked(source: Partition): void {
    this.#shares.delete(idOf(source))
  }

  records(source: Partition, records: readonly IncomingRecord[]): void {
    const share = this.#shares.get(idOf(source))
    if (!share || share.isStopped || this.#isStopped) return
    for (const record of records) share.waiting.push(record)
    this.#pump()
    this.#balance(share)
  }

  /** A listener may have come. */
  workersChanged(): void {
    this.#pump()
  }

  #pump(): void {
    for (const [id, share] of [...this.#shares]) {
      while (this.#hasWork(share)) {
        const worker = this.#workers().find((each) => each.underWay < (each.limit ?? 1) && !this.#left.has(each))
        if (!worker) return
        this.#take(share, worker)
      }
      this.#balance(share)
      // Whoever had its turn comes last next time.
      if (share.window.length > 0 && this.#shares.get(id) === share && this.#shares.delete(id))
        this.#shares.set(id, share)
      if (this.#isStopped) return
    }
  }

  #hasWork({ returned, waiting, window }: Share): boolean {
    return !this.#isStopped && (returned.length > 0 || (waiting.length > 0 && window.length < AHEAD))
  }

  #take(share: Share, worker: Worker): void {
    const returned = share.returned.shift()
    if (returned) {
      void this.#deliver(share, returned.entry, worker, returned.delivery)
      return
    }
    const record = share.waiting.shift() as IncomingRecord
    const entry = { offset: record.offset, isDone: false }
    share.window.push(entry)
    const delivery = this.#toDelivery(share.source, record)
    if (!delivery) {
      entry.isDone = true
      this.#advance(share)
      return
    }
    void this.#deliver(share, entry, worker, delivery)
  }

  /** Never rejects. */
  async #deliver(share: Share, entry: Entry, worker: Worker, delivery: Delivery): Promise<void> {
    worker.underWay++
    this.#underWay++
    try {
      await worker.listener(delivery)
      entry.isDone = true
    } catch (error) {
      if (BotbusError.is(error) && error.code === 'CLOSED') {
        // The listener takes nothing more: another one of ours gets it, or the next member.
        this.#left.add(worker)
        share.returned.push({ entry, delivery })
      } else this.#stopShare(share)
    }
    worker.underWay--
    this.#underWay--
    this.#advance(share)
    if (!this.#isStopped) this.#pump()
  }

  /** The listener wants something kept: the next member gets it, or we when we join again. */
  #stopShare(share: Share): void {
    share.isStopped = true
    share.waiting = []
    share.returned = []
    this.#member?.pause(share.source)
  }

  #advance(share: Share): void {
    const { window } = share
    while (window[0]?.isDone) share.offset = (window.shift()?.offset ?? 0) + 1
    void this.#commit(share)
  }

  /** Never rejects. One request at a time; what was finished meanwhile goes with the next one. */
  async #commit(share: Share): Promise<void> {
    if (share.isCommitting) return
    share.isCommitting = true
    try {
      while (share.committed !== share.offset && this.#shares.get(idOf(share.source)) === share) {
        const { offset } = share
        // Another member has it now: it is theirs to acknowledge.
        if (!(await this.#member?.commit({ ...share.source, offset }))) break
        share.committed = offset
      }
    } catch {
      // The session ended, which it says itself.
    }
    share.isCommitting = false
    this.#checkIdle()
  }

  #balance(share: Share): void {
    const { waiting, isPaused, source } = share
    if (!isPaused && waiting.length > HIGH) this.#member?.pause(source)
    else if (isPaused && waiting.length < LOW && !share.isStopped) this.#member?.resume(source)
    else return
    share.isPaused = !isPaused
  }

  #checkIdle(): void {
    const isBusy = [...this.#shares.values()].some(({ isCommitting }) => isCommitting)
    if (this.#isStopped && this.#underWay === 0 && !isBusy) this.#idle?.resolve()
  }
}
