import { BotbusError } from '../errors.ts'
import { isPattern } from '../topics.ts'
import type { Unsubscribe } from '../transport.ts'
import { TopicTree } from './topic-tree.ts'

/** One subscription at the broker, shared by all listeners of its pattern and group. */
export interface TableEntry<Listener> {
  /** 1 or more; no two entries of a table have the same. */
  readonly id: number
  readonly pattern: string
  readonly group: string | undefined
  readonly listeners: Set<Listener>
}

/** What the broker is asked to do for an entry. Operations of one entry run one after the other. */
export interface TableOperations<Link, Listener> {
  /**
   * Resolves when the broker has granted it. Called for each new listener, also when the entry is subscribed already, and
   * with `isRestore` once on each new link. Rejects with `BotbusError` when the broker refuses.
   */
  subscribe(link: Link, entry: TableEntry<Listener>, isRestore: boolean): Promise<void>
  /** Called when the last listener has gone. Rejects only when the link is down. */
  unsubscribe(link: Link, entry: TableEntry<Listener>): Promise<void>
  /** So many of the first entries are restored each after the other, the rest at once. Default 0. */
  readonly restoredOneByOne?: number
}

/** A subscription that the broker refused after a reconnect. */
export interface RefusedSubscription {
  readonly pattern: string
  readonly group: string | undefined
  readonly error: BotbusError
}

interface OwnEntry<Link, Listener> extends TableEntry<Listener> {
  /** The link on which the broker has granted it. */
  link: Link | undefined
  /** Operations under way; the last one's end. */
  pending: number
  tail: Promise<void>
}

/**
 * What a transport is subscribed to: reference counts, operations in order, restoring after a reconnect, and a look-up of
 * what matches a topic.
 */
export class SubscriptionTable<Link extends { readonly down: BotbusError | undefined }, Listener> {
  readonly #operations: TableOperations<Link, Listener>
  readonly #entries = new Map<string, OwnEntry<Link, Listener>>()
  /** A list only where a topic is also subscribed for a group: a set for each topic would take more than the rest of an entry. */
  readonly #exact = new Map<string, OwnEntry<Link, Listener> | readonly OwnEntry<Link, Listener>[]>()
  readonly #patterns = new TopicTree<OwnEntry<Link, Listener>>()
  readonly #byId = new Map<number, OwnEntry<Link, Listener>>()
  #nextId = 1

  constructor(operations: TableOperations<Link, Listener>) {
    this.#operations = operations
  }

  /** A listener of the transport's own, which `restore` subscribes. */
  add(pattern: string, listener: Listener): void {
    this.#entry(pattern, undefined).listeners.add(listener)
  }

  /**
   * Resolves when the broker has granted it; rejects, with the listener gone, when it refused or the link went down. The same
   * listener is given once: two subscriptions need two.
   */
  async subscribe(link: Link, pattern: string, group: string | undefined, listener: Listener): Promise<Unsubscribe> {
    const entry = this.#entry(pattern, group)
    await this.#inOrder(entry, async () => {
      entry.listeners.add(listener)
      try {
        await this.#operations.subscribe(link, entry, false)
        entry.link = link
      } catch (error) {
        entry.listeners.delete(listener)
        throw error
      }
    })
    let left: Promise<void> | undefined
    return () => {
      left ??= this.#leave(entry, listener)
      return left
    }
  }

  /** Subscribes everything on a new link. Resolves with what the broker refused; rejects when the link goes down. */
  async restore(link: Link): Promise<RefusedSubscription[]> {
    const refused: RefusedSubscription[] = []
    const restored: Promise<void>[] = []
    const { restoredOneByOne = 0 } = this.#operations
    for (const entry of this.#entries.values()) {
      const done = this.#inOrder(entry, async () => {
        if (entry.listeners.size === 0) return
        try {
          await this.#operations.subscribe(link, entry, true)
          entry.link = link
        } catch (error) {
          if (link.down || !BotbusError.is(error)) throw error
          refused.push({ pattern: entry.pattern, group: entry.group, error })
        }
      })
      restored.push(done)
      if (restored.length <= restoredOneByOne) await done
    }
    await Promise.all(restored)
    return refused
  }

  get(id: number): TableEntry<Listener> | undefined {
    return this.#byId.get(id)
  }

  /** The entries whose pattern matches, those of groups too. */
  matching(topic: string): TableEntry<Listener>[] {
    const found: TableEntry<Listener>[] = this.#patterns.matching(topic)
    const exact = this.#exact.get(topic)
    if (exact) found.push(...toList(exact))
    return found
  }

  async #leave(entry: OwnEntry<Link, Listener>, listener: Listener): Promise<void> {
    entry.listeners.delete(listener)
    const left = this.#inOrder(entry, async () => {
      const { link } = entry
      if (entry.listeners.size > 0 || !link) return
      entry.link = undefined
      // It rejects only when the link is down. The subscription has gone with it: there is nothing to take back.
      await this.#operations.unsubscribe(link, entry).catch(() => undefined)
    })
    // Down, or being restored on a new link, which may take its time: nobody has to wait for that.
    if (!entry.link?.down) await left
  }

  async #inOrder(entry: OwnEntry<Link, Listener>, operation: () => Promise<void>): Promise<void> {
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

  #entry(pattern: string, group: string | undefined): OwnEntry<Link, Listener> {
    const key = keyOf(pattern, group)
    const known = this.#entries.get(key)
    if (known) return known
    const id = this.#nextId++
    const entry = { id, pattern, group, listeners: new Set<Listener>(), link: undefined, pending: 0 }
    const own: OwnEntry<Link, Listener> = { ...entry, tail: Promise.resolve() }
    this.#entries.set(key, own)
    this.#byId.set(id, own)
    if (isPattern(pattern)) this.#patterns.add(pattern, own)
    else this.#exact.set(pattern, this.#exact.has(pattern) ? [...toList(this.#exact.get(pattern)), own] : own)
    return own
  }

  #remove(entry: OwnEntry<Link, Listener>): void {
    const { id, pattern, group } = entry
    this.#entries.delete(keyOf(pattern, group))
    this.#byId.delete(id)
    this.#patterns.delete(pattern, entry)
    const others = toList(this.#exact.get(pattern)).filter((other) => other !== entry)
    if (others.length === 0) this.#exact.delete(pattern)
    else this.#exact.set(pattern, others)
  }
}

function toList<Item extends object>(found: Item | readonly Item[] | undefined): Item[] {
  if (found === undefined) return []
  return Array.isArray(found) ? [...found] : [found as Item]
}

/** Neither has a NUL in it, and both may have spaces. */
function keyOf(pattern: string, group = ''): string {
  return `${group}\0${pattern}`
}
