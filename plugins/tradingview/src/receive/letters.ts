import { messageOf } from '@botbus/core'
import type { JsonObject, Log, PluginStore } from '@botbus/plugin'
import type { AlertError } from '../alert-error.ts'
import type { Telemetry } from '../telemetry.ts'
import { type Incoming, toLetterContent } from './incoming.ts'
import type { LiveRoute } from './live-route.ts'
import { excerptOf } from './redacted.ts'

interface From {
  readonly sender: string
}

/** Keeps what was refused, with the reason. A refusal stands also where the store cannot keep it. */
export class Letters {
  readonly #store: PluginStore
  readonly #log: Log
  readonly #telemetry: Telemetry

  constructor(store: PluginStore, log: Log, telemetry: Telemetry) {
    this.#store = store
    this.#log = log
    this.#telemetry = telemetry
  }

  /** Alerts of a known sender. */
  ofAlerts(
    route: LiveRoute,
    from: From,
    alerts: readonly Incoming[],
    error: AlertError,
    receivedAt: number,
  ): Promise<void> {
    return this.#add(route, from, toLetterContent(alerts), error, receivedAt)
  }

  /** A body that could not be read: anybody may have sent it, so only a few a minute are kept. */
  async ofBody(
    route: LiveRoute,
    from: From & { readonly body: Uint8Array },
    error: AlertError,
    receivedAt: number,
  ): Promise<void> {
    if (!route.strangers.take(1, receivedAt)) return
    const text = excerptOf(from.body, (word) => route.secrets.matches([word]))
    await this.#add(route, from, { text }, error, receivedAt)
  }

  async #add(
    route: LiveRoute,
    { sender }: From,
    content: JsonObject,
    error: AlertError,
    receivedAt: number,
  ): Promise<void> {
    const { code, message: reason } = error
    this.#telemetry.deadLetter(route.name, code)
    this.#log.warn('an alert was refused', { route: route.name, sender, code, reason })
    try {
      await this.#store.deadLetters.add({ source: route.name, receivedAt, sender, code, reason, content })
    } catch (failure) {
      this.#telemetry.storeFailed()
      this.#log.error('a dead letter could not be stored', { route: route.name, code, error: messageOf(failure) })
    }
  }
}
