import type { Accounts, Session, User } from '@botbus/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionCookie } from './cookie.ts'
import { hashOf, newSecret } from './secrets.ts'

export interface SessionTimes {
  /** ms since it was last used. */
  readonly idle: number
  /** ms since the login. */
  readonly absolute: number
}

/** The sessions of browsers: 256 random bits in a cookie, and their hash in the store. */
export class Sessions {
  readonly #accounts: Accounts
  readonly #cookieOf: (request: FastifyRequest) => SessionCookie
  readonly #times: SessionTimes
  readonly #now: () => number

  /** `cookieOf`: the one of the way that a request came. */
  constructor(
    accounts: Accounts,
    cookieOf: (request: FastifyRequest) => SessionCookie,
    times: SessionTimes,
    now: () => number,
  ) {
    this.#accounts = accounts
    this.#cookieOf = cookieOf
    this.#times = times
    this.#now = now
  }

  /** Whether a request brings a cookie of ours, whatever it is worth. */
  isPresented(request: FastifyRequest): boolean {
    return request.headers.cookie?.includes(`${this.#cookieOf(request).name}=`) === true
  }

  /** Always a new one, so that one that somebody else planted is worth nothing; the old one ends. */
  async open(request: FastifyRequest, reply: FastifyReply, user: User): Promise<void> {
    await this.#end(request)
    const id = newSecret()
    const { absolute } = this.#times
    await this.#accounts.sessions.create({ idHash: hashOf(id), user: user.id, expiresAt: this.#now() + absolute })
    this.#cookieOf(request).set(reply, id, absolute)
  }

  async find(request: FastifyRequest): Promise<{ readonly session: Session; readonly user: User } | undefined> {
    const id = this.#cookieOf(request).read(request.headers.cookie)
    const session = id === undefined ? undefined : await this.#accounts.sessions.find(hashOf(id))
    if (session === undefined || this.#isOver(session)) return undefined
    const user = await this.#accounts.users.get(session.user)
    return user === undefined ? undefined : { session, user }
  }

  async close(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#end(request)
    this.#cookieOf(request).clear(reply)
  }

  #isOver(session: Session): boolean {
    const now = this.#now()
    return now >= session.expiresAt || now >= session.lastSeenAt + this.#times.idle
  }

  async #end(request: FastifyRequest): Promise<void> {
    const id = this.#cookieOf(request).read(request.headers.cookie)
    if (id === undefined) return
    const idHash = hashOf(id)
    // Strangers may ask for this: only what is there is written to.
    if ((await this.#accounts.sessions.find(idHash)) !== undefined) await this.#accounts.sessions.remove(idHash)
  }
}
