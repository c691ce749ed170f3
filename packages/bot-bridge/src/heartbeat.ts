import { BotbusError, type Bus, type Subscription } from '@botbus/core'
import type { BotContract } from './contract/contract.ts'
import type { Warn } from './warn.ts'

/** Milliseconds between the heartbeats of a bot, the same in all versions of Hummingbot and commlib-py. */
export const HEARTBEAT_PERIOD = 10_000

/** How many periods after the last heartbeat of another bot its id counts as free again. */
const CONFLICT_PERIODS = 3

interface HeartbeatOptions {
  readonly bus: Bus
  readonly channel: BotContract['channels']['heartbeat']
  readonly id: string
  /** Tells our own heartbeats, which come back to us, from another bot's. */
  readonly instance: string
  /** Milliseconds. */
  readonly period: number
  readonly warn: Warn
}

/** Sends the heartbeats of a bot, and listens for heartbeats that another one sends under the same id. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  #conflictUntil = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** True from a foreign heartbeat until three periods without one have passed. */
  get hasConflict(): boolean {
    return Date.now() < this.#conflictUntil
  }

  /** Begins to listen and to beat; the first heartbeat is sent one period later. */
  async open(): Promise<void> {
    const { bus, channel, id, instance, period } = this.#options
    this.#subscription = await bus.subscribe(channel, { bot: id }, ({ data, retained }) => {
      if (!retained && data.instance !== instance) this.#noteConflict()
    })
    this.#timer = setInterval(() => void this.beat(), period)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#subscription?.close()
  }

  /** Sends one now. While the broker is away there is nothing to do: the next one comes. Never rejects. */
  async beat(): Promise<void> {
    const { bus, channel, id, instance, warn } = this.#options
    if (bus.state.status !== 'connected') return
    const conflict = this.hasConflict ? { conflict: true } : {}
    try {
      await bus.publish(channel, { bot: id }, { ts: Date.now() * 1_000, instance, ...conflict })
    } catch (error) {
      if (!(BotbusError.is(error) && error.code === 'NOT_CONNECTED')) warn('a heartbeat could not be sent', error)
    }
  }

  #noteConflict(): void {
    const { id, period, warn } = this.#options
    const isNew = !this.hasConflict
    this.#conflictUntil = Date.now() + CONFLICT_PERIODS * period
    if (!isNew) return
    warn(`another bot sends heartbeats under the id "${id}": all commands but stop are refused`)
    // The other one, which may have come just now, learns of us at once rather than up to one period later.
    void this.beat()
  }
}
