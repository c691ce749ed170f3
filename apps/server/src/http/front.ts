import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendUnavailable } from './respond.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export type Area = 'webhooks' | 'api'

const AREA = /^\/((?:webhooks|api)\/([a-z][a-z0-9-]{0,39}))(?=[/?]|$)/

/**
 * Hands each request to the application of its first two path segments: `/webhooks/{plugin}`, `/api/{plugin}`, else the
 * server's own. So one plugin can be exchanged while the others go on.
 */
export class Front {
  readonly #routes = new Map<string, Handler>()
  readonly #fallback: Handler
  readonly #onUnavailable: (method: string) => void
  /** Answers that are still to come, and the plugin that gives them. */
  readonly #open = new Map<ServerResponse, string | undefined>()
  readonly #waiting = new Set<{ readonly plugin: string | undefined; resolve(): void }>()
  #isDraining = false

  /** `onUnavailable` is told of each request that no application gets. */
  constructor(fallback: Handler, onUnavailable: (method: string) => void = () => undefined) {
    this.#fallback = fallback
    this.#onUnavailable = onUnavailable
  }

  /** For the HTTP server. */
  readonly handle: Handler = (request, response) => {
    if (this.#isDraining) {
      response.setHeader('connection', 'close')
      this.#onUnavailable(request.method ?? '')
      return sendUnavailable(response, 'the server is shutting down', 5)
    }
    const [, key, plugin] = AREA.exec(request.url ?? '') ?? []
    this.#open.set(response, plugin)
    response.once('close', () => this.#closed(response))
    const handler = (key === undefined ? undefined : this.#routes.get(key)) ?? this.#fallback
    handler(request, response)
  }

  /** Replaces what was there. */
  set(area: Area, plugin: string, handler: Handler): void {
    this.#routes.set(`${area}/${plugin}`, handler)
  }

  /** Answers 503 for both areas of the plugin. */
  hold(plugin: string, reason: string, retryAfter: number): void {
    const handler: Handler = (request, response) => {
      this.#onUnavailable(request.method ?? '')
      sendUnavailable(response, reason, retryAfter)
    }
    this.set('webhooks', plugin, handler)
    this.set('api', plugin, handler)
  }

  /** The server's own application answers for its paths from now on: 404. */
  remove(plugin: string): void {
    this.#routes.delete(`webhooks/${plugin}`)
    this.#routes.delete(`api/${plugin}`)
  }

  /** New requests get 503. Resolves when those in flight have ended. */
  drain(): Promise<void> {
    this.#isDraining = true
    // Whoever holds a connection open is told to close it with the answer that is still to come.
    for (const response of this.#open.keys()) if (!response.headersSent) response.setHeader('connection', 'close')
    return this.idle()
  }

  /** Resolves when no request is in flight: of the plugin, or at all. */
  idle(plugin?: string): Promise<void> {
    if (!this.#isBusy(plugin)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.add({ plugin, resolve }))
  }

  #isBusy(plugin: string | undefined): boolean {
    if (plugin === undefined) return this.#open.size > 0
    return [...this.#open.values()].includes(plugin)
  }

  #closed(response: ServerResponse): void {
    this.#open.delete(response)
    for (const waiter of this.#waiting) {
      if (this.#isBusy(waiter.plugin)) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
  }
}
