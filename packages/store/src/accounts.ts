/** Somebody who may sign in. */
export interface User {
  readonly id: string
  /** Unique without regard to case. */
  readonly name: string
  /** As the caller made it; the store never sees a password. */
  readonly passwordHash: string
  /** What the user may do: `read`, `operate`, `config`, `admin`. The store does not interpret them. */
  readonly scopes: readonly string[]
  readonly createdAt: number
}

export type NewUser = Pick<User, 'name' | 'passwordHash' | 'scopes'>

export interface Session {
  /** The hash of what the cookie holds. */
  readonly idHash: string
  /** The id of the user. */
  readonly user: string
  readonly createdAt: number
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly lastSeenAt: number
}

export type NewSession = Pick<Session, 'idHash' | 'user' | 'expiresAt'>

/** An API token. */
export interface Token {
  readonly id: string
  /** For people; unique without regard to case. */
  readonly name: string
  /** The hash of what the client sends. */
  readonly tokenHash: string
  readonly scopes: readonly string[]
  /** The bots that it may touch; all, when missing. */
  readonly selector?: string
  readonly createdAt: number
  /** It does not expire, when missing. */
  readonly expiresAt?: number
  readonly lastUsedAt?: number
}

export type NewToken = Pick<Token, 'name' | 'tokenHash' | 'scopes' | 'selector' | 'expiresAt'>

export interface Users {
  /** Rejects with `INVALID_ARGUMENT` when the name is taken. */
  create(user: NewUser): Promise<User>
  get(id: string): Promise<User | undefined>
  /** Without regard to case. */
  findByName(name: string): Promise<User | undefined>
  /** By name. */
  list(): Promise<readonly User[]>
  count(): Promise<number>
  /** Changes what is given. A new password hash ends the user's sessions, but for `keep` (an `idHash`). False when there is no such user. */
  update(
    id: string,
    change: Partial<Pick<User, 'passwordHash' | 'scopes'>>,
    options?: { readonly keep?: string },
  ): Promise<boolean>
  /** With all sessions. False when there is no such user. */
  remove(id: string): Promise<boolean>
}

export interface Sessions {
  /** Rejects with `INVALID_ARGUMENT` when there is no such user. */
  create(session: NewSession): Promise<Session>
  /** `undefined` also once it has expired. */
  find(idHash: string): Promise<Session | undefined>
  /** Those of a user that have not expired, newest first. */
  list(user: string): Promise<readonly Session[]>
  /** Notes that it was used; written at most once a minute. */
  touch(idHash: string): Promise<void>
  /** False when there is no such session. */
  remove(idHash: string): Promise<boolean>
  /** Those of the user, but for `keep`; the number of those removed. */
  removeOf(user: string, options?: { readonly keep?: string }): Promise<number>
}

export interface Tokens {
  /** Rejects with `INVALID_ARGUMENT` when the name is taken. */
  create(token: NewToken): Promise<Token>
  get(id: string): Promise<Token | undefined>
  /** `undefined` also once it has expired. */
  findByHash(tokenHash: string): Promise<Token | undefined>
  /** By name, with those that have expired. */
  list(): Promise<readonly Token[]>
  /** Notes that it was used; written at most once a minute. */
  touch(id: string): Promise<void>
  /** False when there is no such token. */
  remove(id: string): Promise<boolean>
}

/** Who may use the server. Only hashes are kept: of passwords, of sessions and of tokens. */
export interface Accounts {
  readonly users: Users
  readonly sessions: Sessions
  readonly tokens: Tokens
  /** Keeps the hash of the set-up token; an older one is void then. Rejects with `INVALID_ARGUMENT` once there is a user. */
  setSetupTokenHash(tokenHash: string): Promise<void>
  /**
   * Makes the first user, if the hash is that of the set-up token and there is no user yet, and voids the set-up token: of two
   * attempts at once, one succeeds. `undefined` otherwise, without a hint.
   */
  createFirstUser(tokenHash: string, user: NewUser): Promise<User | undefined>
}
