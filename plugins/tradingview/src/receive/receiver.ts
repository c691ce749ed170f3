import { messageOf } from '@botbus/core'
import { AlertError } from '../alert-error.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Acceptor } from './acceptor.ts'
import { type Answer, answerOfError, answerOfResults, errorBody } from './answer.ts'
import { guardsOf, hashOf } from './guards.ts'
import { type Incoming, type Planned, planIncoming, readIncoming } from './incoming.ts'
import type { Letters } from './letters.ts'
import type { LiveRoute } from './live-route.ts'

export interface Post {
  readonly body: Uint8Array
  /** The address that it came from. */
  readonly sender: string
  /** From the URL; only one of the drop-ins looks at it. */
  readonly apiKey: string | undefined
}

interface Parts {
  readonly acceptor: Acceptor
  readonly letters: Letters
  readonly telemetry: Telemetry
  readonly context: PlanContext
}

/** Takes bodies from whoever may send them, and answers once they are stored. */
export class Receiver {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async receive(route: LiveRoute, post: Post): Promise<Answer> {
    const now = Date.now()
    let incoming: readonly Incoming[]
    try {
      incoming = readIncoming(route.config, post.body, post.apiKey)
    } catch (error) {
      return this.refuseUnread(route, post, toAlertError(error), now)
    }
    if (!incoming.every(({ presented }) => route.acceptsSecret(presented))) {
      return this.#refuse(route, new AlertError('UNAUTHORIZED', 'the secret is missing or wrong'))
    }
    route.silence?.heard(now)
    // Only now: whoever has no secret must not use up what the route takes.
    if (!route.rate.take(incoming.length, now)) {
      const error = new AlertError('TOO_FAST', `more than ${route.config.rateLimit} alerts in a minute`)
      return this.#refuseRead(route, post, incoming, error, now)
    }
    const planned = this.#plan(route, incoming, now)
    if (planned instanceof AlertError) return this.#refuseRead(route, post, incoming, planned, now)
    return this.#accept(route, post, incoming, planned, now)
  }

  /** Anybody may have sent it. */
  async refuseUnread(route: LiveRoute, post: Post, error: AlertError, now: number): Promise<Answer> {
    await this.#parts.letters.ofBody(route, post, error, now)
    return this.#refuse(route, error)
  }

  /** All or nothing: a batch of which one alert is wrong does nothing. */
  #plan(route: LiveRoute, incoming: readonly Incoming[], now: number): readonly Planned[] | AlertError {
    const { context } = this.#parts
    const planned: Planned[] = []
    for (const [index, one] of incoming.entries()) {
      try {
        planned.push(planIncoming(route.config, one, { context, now }))
      } catch (error) {
        const { code, message } = toAlertError(error)
        const which = incoming.length === 1 ? '' : `alert ${index + 1} of ${incoming.length}: `
        return new AlertError(code, `${which}${message}`, { cause: error })
      }
    }
    return planned
  }

  async #accept(
    route: LiveRoute,
    post: Post,
    incoming: readonly Incoming[],
    planned: readonly Planned[],
    now: number,
  ): Promise<Answer> {
    const { acceptor, letters, telemetry } = this.#parts
    const bodyHash = hashOf(post.body)
    const { name, config } = route
    // Handed over in the order of the body; all of them wait for one write to disk.
    const results = await Promise.all(
      planned.map(({ content, id, plan }, index) => {
        const guards = guardsOf({ route: name, durations: config.duplicates, bodyHash, index, id, now })
        return acceptor.accept(route, { sender: post.sender, content, plan, guards, now })
      }),
    )
    const first = results[0]
    // Only where nothing at all was stored may TradingView send again; what is lost of a batch stays as dead letters.
    if (first?.kind === 'failed' && results.every(({ kind }) => kind === 'failed')) {
      return this.#refuse(route, first.error)
    }
    for (const [index, result] of results.entries()) {
      telemetry.alert(name, result.kind === 'failed' ? result.error.code : result.kind)
      const one = incoming[index]
      if (result.kind === 'failed' && one) await letters.ofAlerts(route, post, [one], result.error, now)
    }
    return answerOfResults(results)
  }

  #refuse(route: LiveRoute, error: AlertError): Answer {
    this.#parts.telemetry.alert(route.name, error.code)
    return answerOfError(error)
  }

  /** Whoever sent it was let in: it is kept whole, and can be replayed. */
  async #refuseRead(
    route: LiveRoute,
    post: Post,
    incoming: readonly Incoming[],
    error: AlertError,
    now: number,
  ): Promise<Answer> {
    await this.#parts.letters.ofAlerts(route, post, incoming, error, now)
    const answer = this.#refuse(route, error)
    if (incoming.length === 1) return answer
    const result = errorBody({ code: error.code, message: 'nothing of this body was stored' })
    return { status: answer.status, body: { ...answer.body, results: incoming.map(() => result) } }
  }
}

function toAlertError(error: unknown): AlertError {
  if (error instanceof AlertError) return error
  return new AlertError('INTERNAL', messageOf(error), { cause: error })
}
