import { HEARTBEAT_PERIOD } from './heartbeat.ts'

/**
 * `online` (heard within 2 periods), `late` (3), `stale` (longer), `offline` (it said goodbye or its last will
 * came), `conflict` (two bots use the id).
 */
export type Health = 'online' | 'late' | 'stale' | 'offline' | 'conflict'

export interface BotPresence {
  readonly id: string
  readonly health: Health
  /** Milliseconds since 1970, by our clock. */
  readonly lastSeen: number
  /** Which run of the bot, where it says so. */
  readonly instance?: string
}

const CONFLICT_WINDOW = 3 * HEARTBEAT_PERIOD
/** One bot sends 3 or 4 heartbeats in that window, two send at least 6. */
const CONFLICT_BEATS = 6

/** What is known of one bot from its fresh heartbeats and status updates. */
export class PresenceRecord {
  readonly id: string
  #lastSeen = 0
  #isOffline = false
  #instance: string | undefined
  /** When that run was last heard. */
  #instanceSeen = 0
  /** When each other run of the bot was last heard. */
  #others = new Map<string, number>()
  /** Heartbeats that name no run, in the window. */
  #anonymous: number[] = []
  #conflictUntil = 0

  constructor(id: string) {
    this.id = id
  }

  heartbeat(instance: string | undefined, now: number): void {
    this.#lastSeen = now
    this.#isOffline = false
    if (instance === undefined) this.#noteAnonymous(now)
    else this.#noteInstance(instance, now)
  }

  /** A goodbye that an earlier run left behind (a late last will) says nothing about this one. */
  availability(isOnline: boolean, instance: string | undefined, now: number): void {
    if (isOnline) {
      this.#lastSeen = now
      this.#isOffline = false
    } else if (instance === undefined || this.#instance === undefined || instance === this.#instance) {
      this.#isOffline = true
    }
  }

  snapshot(now: number): BotPresence {
    const instance = this.#instance === undefined ? {} : { instance: this.#instance }
    return { id: this.id, health: this.#health(now), lastSeen: this.#lastSeen, ...instance }
  }

  #health(now: number): Health {
    if (now < this.#conflictUntil) return 'conflict'
    if (this.#isOffline) return 'offline'
    const periods = (now - this.#lastSeen) / HEARTBEAT_PERIOD
    if (periods <= 2) return 'online'
    return periods <= 3 ? 'late' : 'stale'
  }

  /** A restarted bot has a new name for its run; only when the old one is heard again are there two. */
  #noteInstance(instance: string, now: number): void {
    const previousSeen = this.#instanceSeen
    this.#instanceSeen = now
    if (instance === this.#instance) return
    const wasHeard = this.#others.get(instance)
    if (wasHeard !== undefined && now - wasHeard < CONFLICT_WINDOW) this.#conflictUntil = now + CONFLICT_WINDOW
    this.#others = new Map([...this.#others].filter(([, heard]) => now - heard < CONFLICT_WINDOW))
    if (this.#instance !== undefined) this.#others.set(this.#instance, previousSeen)
    this.#instance = instance
  }

  #noteAnonymous(now: number): void {
    this.#anonymous = [...this.#anonymous.filter((heard) => now - heard < CONFLICT_WINDOW), now]
    const isNamedOneAlive = now - this.#instanceSeen < CONFLICT_WINDOW
    if (this.#anonymous.length >= CONFLICT_BEATS || isNamedOneAlive) this.#conflictUntil = now + CONFLICT_WINDOW
  }
}
