import { BotbusError } from './errors.ts'
import type { TransportState } from './transport.ts'

/** The state of a bus's link to its broker, and who wants to know. */
export class LinkState {
  readonly #listeners = new Set<(state: TransportState) => void>()
  readonly #onListenerError: (error: unknown) => void
  #state: TransportState | undefined

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  get state(): TransportState {
    return (
      this.#state ?? { status: 'reconnecting', cause: new BotbusError('NOT_CONNECTED', 'the bus is not connected yet') }
    )
  }

  onChange(listener: (state: TransportState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The transport has connected. It may have told a newer state already. */
  opened(): void {
    if (!this.#state) this.change({ status: 'connected' })
  }

  /** A closed link stays closed. */
  change(state: TransportState): void {
    if (this.#state?.status === 'closed') return
    this.#state = state
    for (const listener of [...this.#listeners]) {
      try {
        listener(state)
      } catch (error) {
        this.#onListenerError(error)
      }
    }
  }
}
