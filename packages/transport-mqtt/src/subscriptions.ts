import { BotbusError, type Capabilities, type Delivery, type Unsubscribe } from '@botbus/core'
import { type RefusedSubscription, SubscriptionTable, type TableEntry } from '@botbus/core/transport-kit'
import type { Link } from './link.ts'
import type { LinkMessage } from './publish-frame.ts'

/** What subscriptions need of a link. */
export type SubscribingLink = Pick<Link, 'subscribe' | 'unsubscribe' | 'down'>

export type Listener = (delivery: Delivery) => void

/** The listeners that one SUBSCRIBE serves: for each, the broker sends every retained message once. */
interface Batch {
  readonly order: number
  readonly seen: Set<string>
}

interface Attached {
  readonly listener: Listener
  readonly qos: 0 | 1
  batch: Batch
}

type Entry = TableEntry<Attached>

/** So much is remembered of each listener's retained messages; what is beyond may come twice to listeners that overlap. */
const MAX_SEEN = 65_536

/**
 * Restored each after the other: with a broker that leaves Nagle's algorithm on, the second of two acknowledgements in a row
 * takes 40 ms. Enough for the inbox, so that connecting is quick; many subscriptions are faster all at once.
 */
const ONE_BY_ONE = 4

/**
 * Filters and dispatch.
 *
 * When subscriptions overlap, a broker sends a message once, or once for each of them. MQTT 5's subscription identifiers tell
 * whose copy it is. Without them (MQTT 3.1.1) each copy goes to all that match: right for brokers that send one, such as
 * Mosquitto and aedes.
 */
export class Subscriptions {
  /** Whose turn it is in a group, by the entry's id. */
  readonly #turns = new Map<number, number>()
  readonly #table = new SubscriptionTable<SubscribingLink, Attached>({
    restoredOneByOne: ONE_BY_ONE,
    subscribe: (link, entry, isRestore) => this.#subscribe(link, entry, isRestore),
    unsubscribe: (link, entry) => {
      this.#turns.delete(entry.id)
      return link.unsubscribe(toFilter(entry))
    },
  })
  #groups = true
  #nextOrder = 1

  /** A listener of our own that `restore` subscribes. */
  add(pattern: string, qos: 0 | 1, listener: Listener): void {
    this.#table.add(pattern, { listener, qos, batch: this.#batch() })
  }

  /** Resolves when the broker has granted it. Sent also when the filter is subscribed already, for its retained messages. */
  async subscribe(
    link: SubscribingLink,
    pattern: string,
    listener: Listener,
    { group, qos }: { group: string | undefined; qos: 0 | 1 },
  ): Promise<Unsubscribe> {
    if (pattern.startsWith('$share/')) {
      throw new BotbusError('INVALID_ARGUMENT', `pattern ${pattern}: use the option "group" for shared subscriptions`)
    }
    return this.#table.subscribe(link, pattern, group, { listener, qos, batch: this.#batch() })
  }

  /** Subscribes everything on a new link. Resolves with what the broker refused; rejects when the link goes down. */
  restore(link: SubscribingLink, { groups }: Pick<Capabilities, 'groups'>): Promise<RefusedSubscription[]> {
    this.#groups = groups === 'all'
    return this.#table.restore(link)
  }

  dispatch(message: LinkMessage): void {
    const { subscriptionIds: ids, topic, retained } = message
    if (typeof ids === 'number' && !retained) {
      const entry = this.#table.get(ids)
      if (entry) this.#deliverLive(entry, message)
      return
    }
    const entries = ids === undefined ? this.#table.matching(topic) : this.#identified(ids)
    if (retained) this.#deliverRetained(entries, message)
    else for (const entry of entries) this.#deliverLive(entry, message)
  }

  #subscribe(link: SubscribingLink, entry: Entry, isRestore: boolean): Promise<void> {
    if (isRestore) {
      const batch = this.#batch()
      for (const attached of entry.listeners) attached.batch = batch
      if (entry.group !== undefined && !this.#groups) throw noGroups(entry)
    }
    return link.subscribe(toFilter(entry), entry.id, qosOf(entry))
  }

  #identified(ids: number | readonly number[]): Entry[] {
    return (typeof ids === 'number' ? [ids] : ids)
      .map((id) => this.#table.get(id))
      .filter((entry) => entry !== undefined)
  }

  /**
   * A retained message answers one SUBSCRIBE: the newest one that it has not answered yet. A group gets none (MQTT 5,
   * section 4.8.2), though some brokers (Mosquitto 2.0) send it to each member.
   */
  #deliverRetained(entries: readonly Entry[], delivery: Delivery): void {
    const { topic } = delivery
    const listeners = entries.flatMap((entry) => (entry.group === undefined ? [...entry.listeners] : []))
    const batch = listeners
      .map((attached) => attached.batch)
      .filter(({ seen }) => !seen.has(topic))
      .reduce<Batch | undefined>((newest, next) => (newest && newest.order > next.order ? newest : next), undefined)
    if (!batch) return
    if (batch.seen.size < MAX_SEEN) batch.seen.add(topic)
    for (const attached of listeners) if (attached.batch === batch) attached.listener(delivery)
  }

  #deliverLive(entry: Entry, delivery: Delivery): void {
    if (entry.group === undefined) {
      for (const { listener } of entry.listeners) listener(delivery)
      return
    }
    const turn = this.#turns.get(entry.id) ?? 0
    this.#turns.set(entry.id, turn + 1)
    const members = [...entry.listeners]
    members[turn % members.length]?.listener(delivery)
  }

  #batch(): Batch {
    return { order: this.#nextOrder++, seen: new Set() }
  }
}

function noGroups(entry: Entry): BotbusError {
  return new BotbusError('UNSUPPORTED', `${toFilter(entry)}: groups need a broker with shared subscriptions of MQTT 5`)
}

/** Enough for each of its listeners. */
function qosOf({ listeners }: Entry): 0 | 1 {
  for (const { qos } of listeners) if (qos === 1) return 1
  return 0
}

/** The broker's filter for a pattern, or for one that a group shares. */
function toFilter({ pattern, group }: Pick<Entry, 'pattern' | 'group'>): string {
  return group === undefined ? pattern : `$share/${group}/${pattern}`
}
