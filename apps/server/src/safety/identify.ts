import type { Log, RouteScope } from '@botbus/plugin'
import type { Accounts, Token, User } from '@botbus/store'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from './addresses.ts'
import { isDirect } from './direct.ts'
import type { HostList } from './hosts.ts'
import type { HttpExposure } from './safety.ts'
import { granted } from './scopes.ts'
import { hashOf, isSecret, SECRET_PREFIXES } from './secrets.ts'
import type { Sessions } from './sessions.ts'

/** Who sent a request. */
export interface Identity {
  readonly kind: 'local' | 'session' | 'token'
  /** For the audit log: `local`, `user:ada`, `token:ci`. */
  readonly actor: string
  readonly scopes: ReadonlySet<RouteScope>
  readonly selector?: string
  readonly user?: User
  /** The hash of the session's id. */
  readonly session?: string
}

const LOCAL: Identity = { kind: 'local', actor: 'local', scopes: granted(['admin']) }
const BEARER = /^bearer +(\S+)$/i

/** Finds out who sends a request. `wrong`: it brings a session or token that is none. `nobody`: it brings nothing. */
export class Identifier {
  readonly #accounts: Accounts
  readonly #sessions: Sessions
  readonly #hosts: HostList
  readonly #log: Log
  readonly #mayBeOpen: boolean
  #hasUsers = false

  constructor(http: HttpExposure, accounts: Accounts, sessions: Sessions, hosts: HostList, log: Log) {
    this.#accounts = accounts
    this.#sessions = sessions
    this.#hosts = hosts
    this.#log = log
    this.#mayBeOpen = isLoopback(http.host) && http.behindProxy.length === 0
  }

  /** Whether there is no user yet. Once there is one it stays false: the last one cannot be removed. */
  async hasNoUsers(): Promise<boolean> {
    if (!this.#hasUsers) this.#hasUsers = (await this.#accounts.users.count()) > 0
    return !this.#hasUsers
  }

  /** Whether nobody needs a login, on this machine. */
  async isOpen(): Promise<boolean> {
    return this.#mayBeOpen && (await this.hasNoUsers())
  }

  async identify(request: FastifyRequest): Promise<Identity | 'nobody' | 'wrong'> {
    const { authorization } = request.headers
    if (authorization !== undefined) return await this.#byToken(authorization)
    if (this.#sessions.isPresented(request)) {
      const found = await this.#sessions.find(request)
      if (found !== undefined) return this.#ofSession(found)
      // A cookie from before the last user's data was thrown away: it does no harm where no login is needed.
      return (await this.#isLocal(request)) ? LOCAL : 'wrong'
    }
    return (await this.#isLocal(request)) ? LOCAL : 'nobody'
  }

  async #byToken(authorization: string): Promise<Identity | 'wrong'> {
    const secret = BEARER.exec(authorization)?.[1]
    if (secret === undefined || !isSecret(secret, SECRET_PREFIXES.token)) return 'wrong'
    const token = await this.#accounts.tokens.findByHash(hashOf(secret))
    if (token === undefined) return 'wrong'
    this.#noteUse(this.#accounts.tokens.touch(token.id))
    return ofToken(token)
  }

  #ofSession(found: NonNullable<Awaited<ReturnType<Sessions['find']>>>): Identity {
    const { session, user } = found
    this.#noteUse(this.#accounts.sessions.touch(session.idHash))
    return {
      kind: 'session',
      actor: `user:${user.name}`,
      scopes: granted(user.scopes),
      user,
      session: session.idHash,
    }
  }

  async #isLocal(request: FastifyRequest): Promise<boolean> {
    return isDirect(request.raw, this.#hosts) && (await this.isOpen())
  }

  /** Nobody waits for it: who is who does not depend on it. */
  #noteUse(noted: Promise<void>): void {
    noted.catch((error: unknown) => this.#log.warn('the use of a session or token could not be noted', { error }))
  }
}

function ofToken(token: Token): Identity {
  return {
    kind: 'token',
    actor: `token:${token.name}`,
    scopes: granted(token.scopes),
    ...(token.selector === undefined ? {} : { selector: token.selector }),
  }
}
