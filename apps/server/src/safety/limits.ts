/** ms that a client may take. */
export const HTTP_TIMEOUTS = {
  /** Until all headers are here, from the opening of the connection. */
  headers: 10_000,
  /** Until the whole request is here: no sender of alerts or commands needs longer. */
  request: 15_000,
  /** Between two requests on one connection. */
  keepAlive: 10_000,
  /** From one look at all connections to the next: a client may take so much longer. */
  check: 2_000,
} as const

/** Bytes of the request line and all headers together. Node answers 431 above it. */
export const MAX_HEADER_BYTES: number = 16 * 1024
export const MAX_HEADERS = 100
/** Characters of path and query. */
export const MAX_URL: number = 8 * 1024
export const MAX_QUERY_PARAMETERS = 100

/** Bytes of a body of `/api/*`. */
export const MAX_API_BODY: number = 1024 * 1024
/** Bytes of a body of `/auth/*`. */
export const MAX_AUTH_BODY: number = 16 * 1024
/** Of objects and lists in each other, in a JSON body. */
export const MAX_JSON_DEPTH = 20
/** Members and elements of all objects and lists together, in a JSON body. */
export const MAX_JSON_MEMBERS = 10_000

export const MIN_PASSWORD = 12
export const MAX_PASSWORD = 256

const MINUTE = 60_000
/** Since it was last used. */
export const SESSION_IDLE: number = 8 * 60 * MINUTE
/** Since the login. */
export const SESSION_ABSOLUTE: number = 7 * 24 * 60 * MINUTE

/** So many at once, and one more after each `every` ms. */
export interface Rate {
  readonly burst: number
  readonly every: number
}

/** Logins and set-ups from one address. */
export const LOGINS_PER_ADDRESS: Rate = { burst: 10, every: 30_000 }
/** Logins under one name, from wherever. */
export const LOGINS_PER_NAME: Rate = { burst: 20, every: 30_000 }
/** Wrong tokens and sessions from one address: 401 until then, 429 after it. */
export const WRONG_CREDENTIALS: Rate = { burst: 20, every: 6_000 }
/** Requests of one who is logged in, but for routes with `config.unlimited`. */
export const REQUESTS_PER_ACTOR: Rate = { burst: 1_000, every: 5 }
/** Entries of the audit log for failed logins. */
export const FAILED_LOGIN_ENTRIES: Rate = { burst: 20, every: 10_000 }
