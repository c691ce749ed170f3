import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestFrame } from './frames.ts'
import { claimKey } from './names.ts'
import type { Session } from './session.ts'

/** Longest pause before a claim, in ms. */
const LONGEST_PAUSE = 15
/** Milliseconds that a claim outlives its request: a member that is slow must still find it taken. */
const MARGIN = 5_000
/** Members that are assumed while nobody knows. */
const UNKNOWN = 4
/** Milliseconds for which a count is believed. */
const FRESH = 1_000

/**
 * Each member of a group gets each request; the one whose claim is first runs it. Redis hands a message to its subscribers in
 * always the same order, so members that are not alone wait for a random moment first, and longer the more they have won: else one
 * would do all the work.
 */
export class Claims {
  /** Subscribers of the channel when last asked, and when that was. */
  #members = UNKNOWN
  #countedAt = Number.NEGATIVE_INFINITY
  /** How many claims more were won than lost lately. */
  #lead = 0

  /** Resolves with whether the request is ours. Rejects with `BotbusError`; then it is not. */
  async win(session: Session, group: string, channel: string, { id, expiresIn }: RequestFrame): Promise<boolean> {
    const members = performance.now() - this.#countedAt < FRESH ? this.#members : UNKNOWN
    const handicap = members > 1 ? this.#lead : 0
    const pause = Math.min(LONGEST_PAUSE, Math.floor(Math.random() * members) + handicap)
    if (pause > 0) await sleep(pause)
    const key = claimKey(group, channel, id)
    const counting = this.#count(session, channel)
    const won = await session.commandOn(key, 'set', key, '1', 'NX', 'PX', expiresIn + MARGIN)
    await counting
    this.#lead = won === null ? Math.max(0, this.#lead - 1) : Math.min(LONGEST_PAUSE, this.#lead + members - 1)
    return won !== null
  }

  async #count(session: Session, channel: string): Promise<void> {
    try {
      const counts = await session.commandOn(channel, 'pubsub', session.isSharded ? 'shardnumsub' : 'numsub', channel)
      if (!Array.isArray(counts)) return
      this.#members = Number(counts[1])
      this.#countedAt = performance.now()
    } catch {
      // It matters to fairness only. A lost link fails the claim.
    }
  }
}
