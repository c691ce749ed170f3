import type { BotPresence } from '@botbus/bridge'
import type { Bots, PluginBus } from '@botbus/plugin'

/** So long after the start, in ms, a bot that was not heard is not known yet: its heartbeat comes every 10 s. */
const FIRST_LOOK = 11_000

const HEARD: ReadonlySet<BotPresence['health']> = new Set(['online', 'late'])

/**
 * `heard`; `unknown`: there was no time yet to hear it; `away`: not heard, gone, or two bots use the id.
 */
export type Reach = 'heard' | 'unknown' | 'away'

/** Whether the broker and a bot can be reached now, and a way to wait for news of them. */
export class Availability {
  readonly #bus: PluginBus
  readonly #bots: Bots
  readonly #knownFrom: number
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #undo: readonly (() => void)[]

  constructor(bus: PluginBus, bots: Bots, now: number) {
    this.#bus = bus
    this.#bots = bots
    this.#knownFrom = now + FIRST_LOOK
    this.#undo = [bots.onChange(({ id }) => this.#wake(id)), bus.onState(() => this.#wakeAll())]
  }

  get isConnected(): boolean {
    return this.#bus.state.status === 'connected'
  }

  reach(bot: string, now: number): Reach {
    const health = this.#bots.get(bot)?.health
    if (health !== undefined) return HEARD.has(health) ? 'heard' : 'away'
    return now < this.#knownFrom ? 'unknown' : 'away'
  }

  /** Milliseconds until `unknown` becomes `away`. */
  untilKnown(now: number): number {
    return Math.max(1, this.#knownFrom - now)
  }

  /** Resolves at news of the link or the bot, after `timeout` ms, or when `signal` fires: look again then. */
  news(bot: string | undefined, timeout: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const key = bot ?? ''
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, waiting)
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        waiting.delete(end)
        if (waiting.size === 0) this.#waiting.delete(key)
        resolve()
      }
      const timer = setTimeout(end, Math.max(1, timeout))
      signal.addEventListener('abort', end)
      waiting.add(end)
    })
  }

  close(): void {
    for (const step of this.#undo) step()
    this.#wakeAll()
  }

  #wake(bot: string): void {
    for (const end of [...(this.#waiting.get(bot) ?? [])]) end()
  }

  #wakeAll(): void {
    for (const bot of [...this.#waiting.keys()]) this.#wake(bot)
  }
}
