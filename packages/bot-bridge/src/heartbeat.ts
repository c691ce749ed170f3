import { BotbusError, type Bus } from '@botbus/core'
import type { BotContract } from './contract/contract.ts'

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
  readonly period: number
  readonly warn: (message: string, error?: unknown) => void
}

/** Sends the heartbeats of a bot, and listens for heartbeats that another one sends under the same id. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #timer: NodeJS.Timeout | undefined
  #conflictUntil = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  get hasConflict(): boolean {
    return Date.now() < this.#conflictUntil
  }

  /** Begins to listen and to beat. */
  async start(): Promise<{ close(): Promise<void> }> {
    const { bus, channel, id, instance, period } = this.#options
    const subscription = await bus.subscribe(channel, { bot: id }, ({ data, retained }) => {
      if (!retained && data.instance !== instance) this.#noteConflict()
    })
    this.#timer = setInterval(() => void this.beat(), period)
    return {
      close: async () => {
        clearInterval(this.#timer)
        await subscription.close()
      },
    }
  }

  /** Sends one now. While the broker is away there is nothing to do: the next one comes. */
  async beat(): Promise<void> {
    const { bus, channel, id, instance, warn } = this.#options
    if (bus.state.status !== 'connected') return
    try {
      await bus.publish(channel, { bot: id }, { ts: Date.now() * 1_000, instance })
    } catch (error) {
      if (!(BotbusError.is(error) && error.code === 'NOT_CONNECTED')) warn('a heartbeat could not be sent', error)
    }
  }

  #noteConflict(): void {
    const { id, period, warn } = this.#options
    if (!this.hasConflict) warn(`another bot sends heartbeats under the id "${id}": all commands but stop are refused`)
    this.#conflictUntil = Date.now() + CONFLICT_PERIODS * period
  }
}
