import { BotbusError, type Capabilities, type Delivery, isPattern, matches, type Unsubscribe } from '@botbus/core'
import type { Link, LinkMessage } from './link.ts'

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
  batch: Batch
}

/** One subscription at the broker, shared by all listeners of its filter. */
interface Entry {
  readonly id: number
  readonly filter: string
  readonly pattern: string
  readonly group: string | undefined
  readonly listeners: Set<Attached>
  /** The link on which the broker has granted it. */
  link: SubscribingLink | undefined
  /** Operations under way; the last one's end. They run one after the other. */
  pending: number
  tail: Promise<void>
  /** Whose turn it is in a group. */
  turn: number
}

/** A subscription that the broker refused. */
export interface RefusedSubscription {
  readonly filter: string
  readonly error: BotbusError
}

/** So much is remembered of each listener's retained messages; what is beyond may come twice to listeners that overlap. */
const MAX_SEEN = 65_536

/**
 * Restored each after the other: with a broker that leaves Nagle's algorithm on, the second of two acknowledgements in a row
 * takes 40 ms. Enough for the inbox, so that connecting is quick; many subscriptions are faster all at once.
 */
const ONE_BY_ONE = 4

/**
 * Filters, reference counts and dispatch.
 *
 * When subscriptions overlap, a broker sends a message once, or once for each of them. MQTT 5's subscription identifiers tell
 * whose copy it is. Without them (MQTT 3.1.1) each copy goes to all that match: right for brokers that send one, such as
 * Mosquitto and aedes.
 */
export class Subscriptions {
  readonly #entries = new Map<string, Entry>()
  readonly #exact = new Map<string, Entry>()
  readonly #patterns = new Set<Entry>()
  readonly #byId = new Map<number, Entry>()
  #nextId = 1
  #nextOrder = 1

  /** A listener of our own that `restore` subscribes. */
  add(pattern: string, listener: Listener): void {
    this.#entry(pattern, undefined).listeners.add({ listener, batch: this.#batch() })
  }

  /** Resolves when the broker has granted it. Sent also when the filter is subscribed already, for its retained messages. */
  async subscribe(
    link: SubscribingLink,
    pattern: string,
    listener: Listener,
    group: string | undefined,
  ): Promise<Unsubscribe> {
    const entry = this.#entry(pattern, group)
    const attached = { listener, batch: this.#batch() }
    await this.#inOrder(entry, async () => {
      entry.listeners.add(attached)
      try {
        await link.subscribe(entry.filter, entry.id)
        entry.link = link
      } catch (error) {
        entry.listeners.delete(attached)
        throw error
      }
    })
    let left: Promise<void> | undefined
    return () => {
      left ??= this.#leave(entry, attached)
      return left
    }
  }

  /** Subscribes everything on a new link. Resolves with what the broker refused; rejects when the link goes down. */
  async restore(link: SubscribingLink, { groups }: Pick<Capabilities, 'groups'>): Promise<RefusedSubscription[]> {
    const refused: RefusedSubscription[] = []
    const restored: Promise<void>[] = []
    for (const entry of this.#entries.values()) {
      const batch = this.#batch()
      const done = this.#inOrder(entry, async () => {
        if (entry.listeners.size === 0) return
        for (const attached of entry.listeners) attached.batch = batch
        try {
          if (entry.group !== undefined && !groups) throw noGroups(entry)
          await link.subscribe(entry.filter, entry.id)
          entry.link = link
        } catch (error) {
          if (link.down || !BotbusError.is(error)) throw error
          refused.push({ filter: entry.filter, error })
        }
      })
      restored.push(done)
      if (restored.length <= ONE_BY_ONE) await done
    }
    await Promise.all(restored)
    return refused
  }

  dispatch({ topic, payload, retained, subscriptionIds }: LinkMessage): void {
    const delivery = { topic, payload, retained }
    const entries = subscriptionIds ? this.#identified(subscriptionIds) : this.#matching(topic)
    if (retained) this.#deliverRetained(entries, delivery)
    else for (const entry of entries) this.#deliverLive(entry, delivery)
  }

  #identified(ids: readonly number[]): Entry[] {
    return ids.map((id) => this.#byId.get(id)).filter((entry) => entry !== undefined)
  }

  #matching(topic: string): Entry[] {
    const exact = this.#exact.get(topic)
    const entries = exact ? [exact] : []
    for (const entry of this.#patterns) if (matches(entry.pattern, topic)) entries.push(entry)
    return entries
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
    const members = [...entry.listeners]
    members[entry.turn++ % members.length]?.listener(delivery)
  }

  async #leave(entry: Entry, attached: Attached): Promise<void> {
    entry.listeners.delete(attached)
    const left = this.#inOrder(entry, async () => {
      const { link } = entry
      if (entry.listeners.size > 0 || !link) return
      entry.link = undefined
      // It rejects only when the link is down. The subscription has gone with it: there is nothing to take back.
      await link.unsubscribe(entry.filter).catch(() => undefined)
    })
    // Down, or being restored on a new link, which may take its time: nobody has to wait for that.
    if (!entry.link?.down) await left
  }

  async #inOrder(entry: Entry, operation: () => Promise<void>): Promise<void> {
    entry.pending++
    const done = entry.tail.then(operation)
    entry.tail = done.catch(() => undefined)
    try {
      await done
    } finally {
      entry.pending--
      if (entry.pending === 0 && entry.listeners.size === 0) this.#remove(entry)
    }
  }

  #entry(pattern: string, group: string | undefined): Entry {
    const filter = toFilter(pattern, group)
    const known = this.#entries.get(filter)
    if (known) return known
    const entry: Entry = {
      id: this.#nextId++,
      filter,
      pattern,
      group,
      listeners: new Set(),
      link: undefined,
      pending: 0,
      tail: Promise.resolve(),
      turn: 0,
    }
    this.#entries.set(filter, entry)
    this.#byId.set(entry.id, entry)
    if (group === undefined && !isPattern(pattern)) this.#exact.set(pattern, entry)
    else this.#patterns.add(entry)
    return entry
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.filter)
    this.#byId.delete(entry.id)
    this.#patterns.delete(entry)
    if (this.#exact.get(entry.pattern) === entry) this.#exact.delete(entry.pattern)
  }

  #batch(): Batch {
    return { order: this.#nextOrder++, seen: new Set() }
  }
}

function noGroups({ filter }: Entry): BotbusError {
  return new BotbusError('UNSUPPORTED', `${filter}: groups need a broker with shared subscriptions of MQTT 5`)
}

/** The broker's filter for a pattern, or for one that a group shares. */
function toFilter(pattern: string, group: string | undefined): string {
  if (pattern.startsWith('$share/')) {
    throw new BotbusError('INVALID_ARGUMENT', `pattern ${pattern}: use the option "group" for shared subscriptions`)
  }
  return group === undefined ? pattern : `$share/${group}/${pattern}`
}
