import type { FastifyReply, FastifyRequest } from 'fastify'
import { rateKey } from './addresses.ts'
import { Buckets } from './buckets.ts'
import type { Identifier, Identity } from './identify.ts'
import { REQUESTS_PER_ACTOR, WRONG_CREDENTIALS } from './limits.ts'
import { FORBIDDEN, FOREIGN_SITE, type Refusal, type Refusals, RefusedError, UNAUTHENTICATED } from './refusal.ts'
import type { HttpExposure } from './safety.ts'
import { defaultScope } from './scopes.ts'
import type { Sessions } from './sessions.ts'
import { isFromOwnSite } from './site.ts'

/** Lets in who may be let in: where from, who, what for, how often; in this order. */
export class Gate {
  readonly #identifier: Identifier
  readonly #sessions: Sessions
  readonly #refusals: Refusals
  readonly #schemes: readonly string[]
  readonly #wrong: Buckets
  readonly #perActor: Buckets
  readonly #identities = new WeakMap<object, Identity>()

  constructor(http: HttpExposure, identifier: Identifier, sessions: Sessions, refusals: Refusals, now: () => number) {
    this.#identifier = identifier
    this.#sessions = sessions
    this.#refusals = refusals
    this.#schemes = schemesOf(http)
    this.#wrong = new Buckets(WRONG_CREDENTIALS, now)
    this.#perActor = new Buckets(REQUESTS_PER_ACTOR, now)
  }

  /** The `onRequest` hook of scopes that need a login. */
  readonly admit = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const refusal = await this.#refuse(request)
    return refusal === undefined ? undefined : this.#refusals.send(reply, refusal)
  }

  /** The `onRequest` hook of the routes that make a login: pages of other sites must not reach them either. */
  readonly admitOwnSite = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (this.#isFromOwnSite(request)) done()
    else this.#refusals.send(reply, FOREIGN_SITE)
  }

  /** Who sends a request, where nobody must be logged in; guessing is limited all the same. */
  async whoIs(request: FastifyRequest): Promise<Identity | undefined> {
    const identity = await this.#identifier.identify(request)
    if (identity === 'wrong') {
      const refusal = this.#refuseWrong(request)
      if (refusal !== UNAUTHENTICATED) throw new RefusedError(refusal)
    }
    return typeof identity === 'string' ? undefined : identity
  }

  /** Who was admitted. */
  identityOf(request: FastifyRequest): Identity | undefined {
    return this.#identities.get(request)
  }

  async #refuse(request: FastifyRequest): Promise<Refusal | undefined> {
    // A token is never sent by a browser on its own: another site cannot use it.
    if (request.headers.authorization === undefined && !this.#isFromOwnSite(request)) return FOREIGN_SITE
    const identity = await this.#identifier.identify(request)
    if (identity === 'nobody') return UNAUTHENTICATED
    if (identity === 'wrong') return this.#refuseWrong(request)
    const { config } = request.routeOptions
    if (!identity.scopes.has(config.scope ?? defaultScope(request.method))) return FORBIDDEN
    if (identity.selector !== undefined && config.honoursSelector !== true) return FORBIDDEN
    if (config.unlimited !== true && !this.#perActor.take(identity.actor)) {
      return tooMany(this.#perActor.retryAfter(identity.actor))
    }
    this.#identities.set(request, identity)
    request.actor = identity.actor
    request.selector = identity.selector
    return undefined
  }

  #refuseWrong(request: FastifyRequest): Refusal {
    const key = rateKey(request.ip)
    return this.#wrong.take(key) ? UNAUTHENTICATED : tooMany(this.#wrong.retryAfter(key))
  }

  #isFromOwnSite(request: FastifyRequest): boolean {
    const strict = this.#sessions.isPresented(request)
    return isFromOwnSite(request.method, request.headers, { schemes: this.#schemes, strict })
  }
}

function tooMany(retryAfter: number): Refusal {
  return { status: 429, code: 'TOO_MANY_REQUESTS', reason: 'rate', message: 'too many requests', retryAfter }
}

function schemesOf(http: HttpExposure): readonly string[] {
  if (http.behindProxy.length > 0) return ['https:', 'http:']
  return http.tls === undefined ? ['http:'] : ['https:']
}
