import type { Log } from '@botbus/plugin'
import type { Telemetry } from './telemetry.ts'

/** A timer of Node waits no longer. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Warns once when a route gets no alert for `limit` ms, and once more when they come again: TradingView stops an alert that fires too often
 * without telling the receiver. Counts from the start.
 */
export class Silence {
  readonly #route: string
  readonly #limit: number
  readonly #log: Log
  readonly #telemetry: Telemetry
  #heardAt = Date.now()
  #isSilent = false
  #timer: NodeJS.Timeout | undefined

  constructor(route: string, limit: number, log: Log, telemetry: Telemetry) {
    this.#route = route
    this.#limit = limit
    this.#log = log
    this.#telemetry = telemetry
    telemetry.silent(route, false)
    this.#wait(limit)
  }

  heard(now: number): void {
    this.#heardAt = now
    if (!this.#isSilent) return
    this.#isSilent = false
    this.#telemetry.silent(this.#route, false)
    this.#log.info('alerts come again', { route: this.#route })
    this.#wait(this.#limit)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #wait(time: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.max(time, 1), LONGEST_TIMER))
    this.#timer.unref()
  }

  #look(): void {
    const left = this.#heardAt + this.#limit - Date.now()
    if (left > 0) {
      this.#wait(left)
      return
    }
    this.#isSilent = true
    this.#telemetry.silent(this.#route, true)
    this.#log.warn('no alert for longer than the route expects: TradingView may have stopped it', {
      route: this.#route,
      seconds: this.#limit / 1_000,
    })
  }
}
