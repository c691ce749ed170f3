import type { Counter, Log, Metrics } from '@botbus/plugin'
import type { FastifyReply } from 'fastify'

/** Why something was refused: the label of `botbus_http_refused_total`. */
export type Reason =
  | 'host'
  | 'path'
  | 'query'
  | 'header'
  | 'encoding'
  | 'method'
  | 'upgrade'
  | 'token_in_url'
  | 'site'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'rate'
  | 'login'
  | 'login_rate'
  | 'busy'
  | 'too_large'
  | 'json'
  | 'type'
  | 'invalid'
  | 'malformed'
  | 'slow'

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly reason: Reason
  /** For 401, 403 and 404 there is none: they give no hint. */
  readonly message?: string
  /** Seconds. */
  readonly retryAfter?: number
}

export const UNAUTHENTICATED: Refusal = { status: 401, code: 'UNAUTHORIZED', reason: 'unauthenticated' }
export const WRONG_LOGIN: Refusal = { status: 401, code: 'UNAUTHORIZED', reason: 'login' }
export const FORBIDDEN: Refusal = { status: 403, code: 'FORBIDDEN', reason: 'forbidden' }
export const FOREIGN_SITE: Refusal = { status: 403, code: 'FORBIDDEN', reason: 'site' }
export const NOT_FOUND: Refusal = { status: 404, code: 'NOT_FOUND', reason: 'not_found' }

/** Carries a refusal out of a handler; the error handler answers it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message ?? refusal.code)
    this.refusal = refusal
  }
}

/** Answers what is refused, always in the same form, and counts it. */
export class Refusals {
  readonly #counter: Counter
  readonly #log: Log

  constructor(metrics: Metrics, log: Log) {
    this.#log = log
    this.#counter = metrics.counter({
      name: 'http_refused_total',
      help: 'Requests that were refused, by reason.',
      labels: ['reason'],
    })
  }

  count(reason: Reason): void {
    this.#counter.inc({ reason })
  }

  send(reply: FastifyReply, refusal: Refusal): FastifyReply {
    this.count(refusal.reason)
    const { method, url } = reply.request.raw
    this.#log.debug('refused', { reason: refusal.reason, method, path: (url ?? '').split('?', 1)[0]?.slice(0, 200) })
    if (refusal.retryAfter !== undefined) reply.header('retry-after', String(refusal.retryAfter))
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
    const { code, message } = refusal
    return reply.code(refusal.status).send({ error: message === undefined ? { code } : { code, message } })
  }
}
