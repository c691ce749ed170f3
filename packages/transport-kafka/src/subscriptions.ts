import { setTimeout as sleep } from 'node:timers/promises'
import { assertTopic, BotbusError, type DeliveryListener, matches, type Unsubscribe } from '@botbus/core'
import { type RefusedSubscription, SubscriptionTable, type TableEntry } from '@botbus/core/transport-kit'
import { AcknowledgedWork } from './acknowledged-work.ts'
import type { IncomingRecord, Membership, Partition } from './driver.ts'
import { type GroupWork, HandOver, type Worker } from './group-work.ts'
import { type Session, toDelivery } from './session.ts'
import type { Topics } from './topics.ts'

type Entry = TableEntry<Worker>

/** A group that we are a member of. */
interface Membered {
  readonly session: Session
  readonly member: Membership
  readonly leave: () => Promise<void>
}

/** The table's name of a durable group: no group has a `/` in its name. */
const DURABLE = '/durable'
/** Milliseconds. So long a group waits for listeners of a member that leaves. */
const PATIENCE = 1_000

/** Whose records they are: what is published, or what is asked for. */
export interface Purpose {
  /** Part of the ids of its groups. */
  readonly name: 'messages' | 'commands'
  partitionsOf(pattern: string): Partition[]
}

/** What is subscribed, or served; by whom each record is wanted. */
export class Subscriptions {
  readonly #purpose: Purpose
  readonly #prefix: string
  readonly #topics: Topics
  readonly #members = new Map<number, Membered>()
  readonly #table = new SubscriptionTable<Session, Worker>({
    subscribe: (session, entry, isRestore) => this.#subscribe(session, entry, isRestore),
    unsubscribe: (session, entry) => this.#unsubscribe(session, entry),
  })

  constructor(purpose: Purpose, prefix: string, topics: Topics) {
    this.#purpose = purpose
    this.#prefix = prefix
    this.#topics = topics
  }

  /** `limit`: of deliveries under way, for a listener that acknowledges. */
  subscribe(
    session: Session,
    pattern: string,
    listener: DeliveryListener,
    { group, limit }: { group: string | undefined; limit?: number | undefined },
  ): Promise<Unsubscribe> {
    const name = group !== undefined && limit !== undefined ? `${group}${DURABLE}` : group
    return this.#table.subscribe(session, pattern, name, { listener, limit, underWay: 0 })
  }

  /** Resolves with what the broker refused. */
  restore(session: Session): Promise<RefusedSubscription[]> {
    return this.#table.restore(session)
  }

  /** For those without a group; groups read by themselves. */
  dispatch(source: Partition, records: readonly IncomingRecord[]): void {
    for (const record of records) {
      const topic = this.#topics.ownerOf(source.topic) ?? record.topic
      if (topic === undefined) continue
      const entries = this.#table.matching(topic).filter(({ group }) => group === undefined)
      if (entries.length === 0 || !isTopic(topic)) continue
      const delivery = toDelivery(this.#topics, source, record)
      if (!delivery) continue
      for (const { listeners } of entries) for (const { listener } of listeners) void listener(delivery)
    }
  }

  async #subscribe(session: Session, entry: Entry, isRestore: boolean): Promise<void> {
    const partitions = this.#purpose.partitionsOf(entry.pattern)
    if (entry.group !== undefined) return this.#join(session, entry, partitions, isRestore)
    // Each listener of an entry is one use of its partitions; after a reconnect the entry has one for all of them.
    if (isRestore || entry.listeners.size === 1) await session.reading.acquire(partitions)
  }

  async #unsubscribe(session: Session, entry: Entry): Promise<void> {
    if (entry.group === undefined) return session.reading.release(this.#purpose.partitionsOf(entry.pattern))
    const membered = this.#members.get(entry.id)
    this.#members.delete(entry.id)
    if (membered?.session === session) await membered.leave()
  }

  async #join(session: Session, entry: Entry, partitions: Partition[], isRestore: boolean): Promise<void> {
    const earlier = this.#members.get(entry.id)
    if (earlier?.session === session) return
    const isDurable = entry.group?.endsWith(DURABLE) === true
    const group = this.#groupId(entry, isDurable)
    const work = this.#work(session, entry, isDurable)
    const member = await session.driver.join({
      group,
      partitions,
      memberId: earlier?.member.memberId ?? '',
      assigned: (source) => work.assigned(source),
      revoked: (source) => work.revoked(source),
      records: (source, records) => work.records(source, records),
    })
    work.start(member)
    let left: Promise<void> | undefined
    const leave = (): Promise<void> => {
      left ??= this.#leave(session, member, work, isDurable ? '' : group).finally(() => session.leaving.delete(leave))
      return left
    }
    this.#members.set(entry.id, { session, member, leave })
    session.leaving.add(leave)
    // The group has its positions, so nothing is missed. A new member waits to be one, as others may come and go meanwhile.
    if (isRestore) return
    try {
      await member.joined
    } catch (error) {
      this.#members.delete(entry.id)
      await leave()
      throw error
    }
  }

  #work(session: Session, entry: Entry, isDurable: boolean): GroupWork {
    const workers = (): readonly Worker[] => [...entry.listeners]
    const toOwn = (source: Partition, record: IncomingRecord): ReturnType<typeof toDelivery> => {
      if (this.#purpose.name === 'commands' && session.isLate(source, record)) return undefined
      const delivery = toDelivery(this.#topics, source, record)
      return delivery && matches(entry.pattern, delivery.topic) && isTopic(delivery.topic) ? delivery : undefined
    }
    // An entry without a wildcard matches itself only, which `matches` says too.
    return isDurable ? new AcknowledgedWork(workers, toOwn) : new HandOver(workers, toOwn)
  }

  /** Resolves when we are no member any more. Listeners that are at work are waited for, so that they can acknowledge, but not for long. */
  async #leave(session: Session, member: Membership, work: GroupWork, forget: string): Promise<void> {
    const timer = new AbortController()
    // Calling the time-out off is no failure.
    const patience = sleep(PATIENCE, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([work.stop(), patience, session.lost])
    timer.abort()
    await member.leave()
    if (forget !== '' && !session.down) await session.driver.deleteGroup(forget).catch(ignore)
  }

  #groupId({ pattern, group = '' }: Entry, isDurable: boolean): string {
    const name = isDurable ? group.slice(0, -DURABLE.length) : group
    return `${this.#prefix}.${this.#purpose.name}${isDurable ? '.durable' : ''}/${name}/${pattern}`
  }
}

/** A group that cannot be deleted now is forgotten by the broker in time. */
function ignore(): void {}

function isTopic(topic: string): boolean {
  try {
    assertTopic(topic)
    return true
  } catch (error) {
    if (BotbusError.is(error)) return false
    throw error
  }
}
