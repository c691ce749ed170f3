import { isBotId } from './bot-id.ts'
import { type Beat, type BotPresence, PresenceRecord } from './presence.ts'

/**
 * The bots that were heard, a bounded number of them: whoever may publish heartbeats may invent bots. When it is full, the bot
 * that was silent for longest makes room if it is stale or offline; else the new one is not listed.
 */
export class PresenceTable {
  readonly #capacity: number
  /** The one that was silent for longest first. */
  readonly #records = new Map<string, PresenceRecord>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#records.size >= this.#capacity
  }

  get ids(): Iterable<string> {
    return this.#records.keys()
  }

  get(id: string, now: number): BotPresence | undefined {
    return this.#records.get(id)?.snapshot(now)
  }

  /** Every bot, by id. */
  list(now: number): BotPresence[] {
    const bots = [...this.#records.values()].map((record) => record.snapshot(now))
    return bots.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Returns the id of the bot that had to make room, if any. */
  heartbeat(id: string, beat: Beat, now: number): string | undefined {
    return this.#heard(id, now, (record) => record.heartbeat(beat, now))
  }

  /** Returns the id of the bot that had to make room, if any. A goodbye of an unknown bot is ignored. */
  availability(id: string, isOnline: boolean, instance: string | undefined, now: number): string | undefined {
    if (isOnline) return this.#heard(id, now, (record) => record.availability(true, instance, now))
    this.#records.get(id)?.availability(false, instance, now)
    return undefined
  }

  #heard(id: string, now: number, note: (record: PresenceRecord) => void): string | undefined {
    const known = this.#records.get(id)
    if (!known && !isBotId(id)) return undefined
    const evicted = !known && this.isFull ? this.#evict(now) : undefined
    if (!known && this.isFull) return undefined
    const record = known ?? new PresenceRecord(id)
    this.#records.delete(id)
    this.#records.set(id, record)
    note(record)
    return evicted
  }

  #evict(now: number): string | undefined {
    const [oldest] = this.#records.values()
    const health = oldest?.health(now)
    if (!oldest || (health !== 'stale' && health !== 'offline')) return undefined
    this.#records.delete(oldest.id)
    return oldest.id
  }
}
