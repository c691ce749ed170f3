import { BotbusError } from '@botbus/core'
import type { Driver, Partition, PartitionOffset, Reader, RecordListener } from './driver.ts'

interface Use {
  count: number
  /** Resolves when it is being read. */
  readonly ready: Promise<void>
}

/** What one session reads without a group: partitions that several subscriptions may share. */
export class Reading {
  readonly #driver: Driver
  readonly #reader: Reader
  readonly #uses = new Map<string, Use>()
  /** Where an earlier session stopped, by partition. */
  #resume: ReadonlyMap<string, number>

  constructor(driver: Driver, listener: RecordListener, resume: readonly PartitionOffset[]) {
    this.#driver = driver
    this.#reader = driver.read(listener)
    this.#resume = new Map(resume.map((position) => [idOf(position), position.offset]))
  }

  /** What is acquired from now on is read from its end. */
  stopResuming(): void {
    this.#resume = new Map()
  }

  /** Resolves when nothing that comes later is missed. Each call needs a `release`, unless it rejects. */
  async acquire(partitions: readonly Partition[]): Promise<void> {
    const added = partitions.filter((partition) => !this.#uses.has(idOf(partition)))
    if (added.length > 0) {
      // They are in use before it begins: it reads only what is.
      const ready = Promise.resolve().then(() => this.#start(added))
      for (const partition of added) this.#uses.set(idOf(partition), { count: 0, ready })
    }
    const uses = partitions.map((partition) => this.#uses.get(idOf(partition)) as Use)
    for (const use of uses) use.count++
    try {
      await Promise.all(uses.map(({ ready }) => ready))
    } catch (error) {
      this.release(partitions)
      throw error
    }
  }

  release(partitions: readonly Partition[]): void {
    const unused = partitions.filter((partition) => {
      const use = this.#uses.get(idOf(partition))
      return use !== undefined && --use.count === 0
    })
    for (const partition of unused) this.#uses.delete(idOf(partition))
    if (!this.#driver.down) this.#reader.remove(unused)
  }

  positions(): PartitionOffset[] {
    return this.#reader.positions()
  }

  async #start(partitions: readonly Partition[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#resume.has(idOf(partition)))
    const known = partitions.flatMap((partition) => {
      const offset = this.#resume.get(idOf(partition))
      return offset === undefined ? [] : [{ ...partition, offset }]
    })
    const ends = fresh.length === 0 ? [] : await this.#driver.endOffsets(fresh)
    const positioned = fresh.map((partition, index) => ({ ...partition, offset: ends[index] ?? 0 }))
    // Released meanwhile: nobody wants it any more.
    const wanted = [...known, ...positioned].filter((partition) => this.#uses.has(idOf(partition)))
    if (wanted.length > 0) await this.#reader.add(wanted)
    if (this.#driver.down)
      throw new BotbusError('NOT_CONNECTED', this.#driver.down.message, { cause: this.#driver.down })
  }
}

export function idOf({ topic, partition }: Partition): string {
  return `${topic}:${partition}`
}
