import { BotbusError } from '@botbus/core'
import type { Accounts, User } from '@botbus/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { rateKey } from './addresses.ts'
import { Buckets } from './buckets.ts'
import { LOGINS_PER_ADDRESS, LOGINS_PER_NAME } from './limits.ts'
import type { Passwords } from './passwords.ts'
import { RefusedError, WRONG_LOGIN } from './refusal.ts'
import type { SafetyAudit } from './safety-audit.ts'
import { hashOf, isSecret, SECRET_PREFIXES } from './secrets.ts'
import type { Sessions } from './sessions.ts'

export interface Credentials {
  readonly name: string
  readonly password: string
}

/** Makes sessions from passwords, and the first user from the set-up token. Every refusal looks and takes the same. */
export class Login {
  readonly #accounts: Accounts
  readonly #sessions: Sessions
  readonly #passwords: Passwords
  readonly #audit: SafetyAudit
  readonly #perAddress: Buckets
  readonly #perName: Buckets

  constructor(accounts: Accounts, sessions: Sessions, passwords: Passwords, audit: SafetyAudit, now: () => number) {
    this.#accounts = accounts
    this.#sessions = sessions
    this.#passwords = passwords
    this.#audit = audit
    this.#perAddress = new Buckets(LOGINS_PER_ADDRESS, now)
    this.#perName = new Buckets(LOGINS_PER_NAME, now)
  }

  async login(request: FastifyRequest, reply: FastifyReply, { name, password }: Credentials): Promise<User> {
    const user = await this.#limited(request, name, async () => {
      const found = await this.#accounts.users.findByName(name)
      if (await this.#passwords.verify(found?.passwordHash, password)) return found
      await this.#audit.failed('login.failed', request.ip, found)
      return undefined
    })
    await this.#audit.append({ actor: `user:${user.name}`, action: 'login', detail: { address: request.ip } })
    await this.#sessions.open(request, reply, user)
    return user
  }

  async setUp(request: FastifyRequest, reply: FastifyReply, secret: string, credentials: Credentials): Promise<User> {
    const user = await this.#limited(request, credentials.name, async () => {
      const made = isSecret(secret, SECRET_PREFIXES.setup) ? await this.#makeFirst(secret, credentials) : undefined
      if (made === undefined) await this.#audit.failed('setup.failed', request.ip)
      return made
    })
    await this.#audit.append({ actor: `user:${user.name}`, action: 'setup', detail: { address: request.ip } })
    await this.#sessions.open(request, reply, user)
    return user
  }

  /** Whether it is the password of the user, at the price of a login. */
  async confirm(request: FastifyRequest, user: User, password: string): Promise<void> {
    await this.#limited(request, user.name, async () => {
      if (await this.#passwords.verify(user.passwordHash, password)) return user
      await this.#audit.failed('password.failed', request.ip, user)
      return undefined
    })
  }

  async #makeFirst(secret: string, { name, password }: Credentials): Promise<User | undefined> {
    const passwordHash = await this.#passwords.hash(password)
    return await this.#accounts.createFirstUser(hashOf(secret), { name, passwordHash, scopes: ['admin'] })
  }

  /** Counts an attempt before it is made, so that many at once count as well; one that succeeds is given back. */
  async #limited(request: FastifyRequest, name: string, attempt: () => Promise<User | undefined>): Promise<User> {
    const address = rateKey(request.ip)
    const key = name.toLowerCase()
    if (!this.#perAddress.take(address)) throw tooMany(this.#perAddress.retryAfter(address))
    if (!this.#perName.take(key)) throw tooMany(this.#perName.retryAfter(key))
    const user = await attempt()
    if (user === undefined) throw new RefusedError(WRONG_LOGIN)
    this.#perAddress.giveBack(address)
    this.#perName.giveBack(key)
    return user
  }
}

function tooMany(retryAfter: number): RefusedError {
  return new RefusedError({
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    reason: 'login_rate',
    message: 'too many attempts',
    retryAfter,
  })
}

/** What the store says when a name is taken, for the caller. */
export function taken(error: unknown, what: string): unknown {
  return BotbusError.is(error) && error.code === 'INVALID_ARGUMENT'
    ? new RefusedError({
        status: 409,
        code: 'NAME_TAKEN',
        reason: 'invalid',
        message: `there is a ${what} of that name`,
      })
    : error
}
