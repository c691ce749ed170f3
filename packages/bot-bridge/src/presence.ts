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

/** What a heartbeat tells, beside being one. Real Hummingbots tell nothing. */
export interface Beat {
  readonly instance?: string | undefined
  readonly conflict?: boolean | undefined
}

const CONFLICT_WINDOW = 3 * HEARTBEAT_PERIOD
/** How long the word of a bot that it has heard another one counts: its next heartbeat repeats it. */
const REPORT_WINDOW = 2 * HEARTBEAT_PERIOD
/** One bot sends 3 or 4 heartbeats in that window, two send at least 6. */
const CONFLICT_BEATS = 6
/** How many earlier runs are remembered: more than two at once are a conflict anyhow. */
const MAX_RUNS = 8

/** What is known of one bot from its fresh heartbeats and status updates. Times are in milliseconds. */
export class PresenceRecord {
  readonly id: string
  #lastSeen = 0
  #isOffline = false
  #instance: string | undefined
  /** When each run of the bot was last heard, the latest last. */
  readonly #runs = new Map<string, number>()
  /** The latest heartbeats that name no run. */
  #anonymous: number[] = []
  #conflictUntil = 0

  constructor(id: string) {
    this.id = id
  }

  heartbeat({ instance, conflict = false }: Beat, now: number): void {
    this.#lastSeen = now
    this.#isOffline = false
    if (conflict) this.#conflictUntil = Math.max(this.#conflictUntil, now + REPORT_WINDOW)
    if (instance === undefined) this.#noteAnonymous(now)
    else this.#noteRun(instance, now)
  }

  /** A goodbye that an earlier run left behind says nothing about this one. */
  availability(isOnline: boolean, instance: string | undefined, now: number): void {
    if (isOnline) {
      this.#lastSeen = now
      this.#isOffline = false
      if (instance !== undefined) this.#noteRun(instance, now)
    } else if (instance === undefined || this.#instance === undefined || instance === this.#instance) {
      this.#isOffline = true
    }
  }

  health(now: number): Health {
    if (now < this.#conflictUntil) return 'conflict'
    if (this.#isOffline) return 'offline'
    const periods = (now - this.#lastSeen) / HEARTBEAT_PERIOD
    if (periods <= 2) return 'online'
    return periods <= 3 ? 'late' : 'stale'
  }

  snapshot(now: number): BotPresence {
    const instance = this.#instance === undefined ? {} : { instance: this.#instance }
    return { id: this.id, health: this.health(now), lastSeen: this.#lastSeen, ...instance }
  }

  /** A restarted bot has a new name for its run; only when the old one is heard again are there two. */
  #noteRun(instance: string, now: number): void {
    const heard = this.#runs.get(instance)
    const isAnother = instance !== this.#instance
    if (isAnother && heard !== undefined && now - heard < CONFLICT_WINDOW) this.#conflictUntil = now + CONFLICT_WINDOW
    this.#runs.delete(instance)
    this.#runs.set(instance, now)
    if (this.#runs.size > MAX_RUNS) this.#runs.delete(this.#runs.keys().next().value as string)
    this.#instance = instance
  }

  #noteAnonymous(now: number): void {
    this.#anonymous = [...this.#anonymous, now].slice(-CONFLICT_BEATS)
    const isTooOften = this.#anonymous.length === CONFLICT_BEATS && now - (this.#anonymous[0] ?? 0) < CONFLICT_WINDOW
    const heard = this.#instance === undefined ? undefined : this.#runs.get(this.#instance)
    const isNamedOneAlive = heard !== undefined && now - heard < CONFLICT_WINDOW
    if (isTooOften || isNamedOneAlive) this.#conflictUntil = now + CONFLICT_WINDOW
  }
}
