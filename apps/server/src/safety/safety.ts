import type { HttpScope, Log, Metrics } from '@botbus/plugin'
import type { Accounts, Audit } from '@botbus/store'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Reason } from './refusal.ts'

/** The part of the server's configuration on which safety depends. */
export interface HttpExposure {
  readonly host: string
  readonly port: number
  /** Names, with or without port, under which the server is reached, besides those of this machine. */
  readonly hosts: readonly string[]
  /** Addresses of the proxies whose `X-Forwarded-*` is believed; none: no proxy. */
  readonly behindProxy: readonly string[]
  /** Set when the server itself speaks TLS. */
  readonly tls?: unknown
}

export interface SafetyOptions {
  readonly http: HttpExposure
  readonly accounts: Accounts
  readonly audit: Pick<Audit, 'append'>
  readonly log: Log
  /** The prefix of its metrics is `botbus_`. */
  readonly metrics: Metrics
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
  /** ms. Default: 8 hours idle, 7 days in all. */
  readonly sessions?: { readonly idle?: number; readonly absolute?: number }
}

/** What keeps strangers out. Made once per process by `createSafety`. */
export interface Safety {
  /**
   * Set while there is no user: print it once, to the terminal and never to the log. It makes the first user, and is void
   * then; each start has another one.
   */
  readonly setupToken: string | undefined
  /** Whether everything is open to this machine, without login, until there is a user. */
  readonly isOpen: boolean
  /**
   * Guards an application. Call it first, before any route, plugin or scope: checks of Host, path, query, headers and methods,
   * the security headers, and one handler for errors and for unknown routes (do not set others at the root).
   */
  guardAll(app: HttpScope): void
  /**
   * Puts a scope, such as `/api`, behind the login. Call it inside `register(scope => ..., { prefix })`, before any route; scopes
   * within that one are covered. Bodies are JSON only.
   */
  requireScope(scope: HttpScope): void
  /** The `frameworkErrors` of each application: a path that fastify cannot read reaches no hook. */
  readonly refuseUnreadable: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void
  /** Counts what was refused before it was a request: `malformed`, or `slow`. */
  countRefused(reason: Reason): void
  /** Adds `/auth/*`: set-up, login, logout, session, users, tokens. Call it on the root, after `guardAll`. */
  routes(app: HttpScope): void
}
