import type { BotbusError, Delivery, Unsubscribe } from '@botbus/core'
import { type RefusedSubscription, SubscriptionTable, type TableEntry } from '@botbus/core/transport-kit'
import type { Channels, Receiver } from './channels.ts'
import { isOurs } from './names.ts'
import { type Filter, toFilters, toTopic } from './topics.ts'

export type Listener = (delivery: Delivery) => unknown

/** What subscriptions need of a session. */
export interface SubscribingSession {
  readonly channels: Pick<Channels, 'add' | 'remove'>
  readonly down: BotbusError | undefined
}

type Entry = TableEntry<Listener>

/** One of the filters of an entry, with what takes its copies. */
interface Route {
  readonly filter: Filter
  readonly receiver: Receiver
}

/** Patterns and dispatch. Redis has no groups of subscribers, and keeps no message. */
export class Subscriptions {
  readonly #routes = new WeakMap<Entry, readonly Route[]>()
  readonly #table = new SubscriptionTable<SubscribingSession, Listener>({
    subscribe: (session, entry) => this.#subscribe(session, entry),
    unsubscribe: (session, entry) => this.#unsubscribe(session, entry),
  })

  /** Resolves when Redis has granted it. */
  subscribe(session: SubscribingSession, pattern: string, listener: Listener): Promise<Unsubscribe> {
    return this.#table.subscribe(session, pattern, undefined, listener)
  }

  /** Subscribes everything on a new session. Resolves with what Redis refused; rejects when the session goes down. */
  restore(session: SubscribingSession): Promise<RefusedSubscription[]> {
    return this.#table.restore(session)
  }

  async #subscribe(session: SubscribingSession, entry: Entry): Promise<void> {
    const routes = this.#routes.get(entry) ?? toRoutes(entry)
    this.#routes.set(entry, routes)
    try {
      await Promise.all(routes.map(({ filter, receiver }) => session.channels.add(filter, receiver)))
    } catch (error) {
      // Those before it stay subscribed by the listeners that were there already.
      if (entry.listeners.size <= 1) await this.#unsubscribe(session, entry).catch(() => undefined)
      throw error
    }
  }

  async #unsubscribe(session: SubscribingSession, entry: Entry): Promise<void> {
    const routes = this.#routes.get(entry) ?? []
    await Promise.all(routes.map(({ filter, receiver }) => session.channels.remove(filter, receiver)))
  }
}

function toRoutes(entry: Entry): Route[] {
  return toFilters(entry.pattern).map((filter) => ({ filter, receiver: toReceiver(entry, filter) }))
}

function toReceiver(entry: Entry, filter: Filter): Receiver {
  const deliver = (topic: string, payload: Buffer): void => {
    const delivery = { topic, payload, retained: false }
    for (const listener of entry.listeners) listener(delivery)
  }
  if (filter.kind === 'subscribe') {
    const topic = toTopic(filter.name)
    return (_, payload) => deliver(topic, payload)
  }
  return (channel, payload) => {
    if (isOurs(channel)) return
    const topic = toTopic(channel)
    if (filter.accepts(topic)) deliver(topic, payload)
  }
}
