import { BotbusError } from '@botbus/core'
import { parseHosts } from './hosts.ts'
import { SCHEMES, schemeOf } from './transports.ts'

/** Names of secrets, in the query of a URL. */
const SECRET_IN_QUERY = /([?&][^=&#]*(?:pass|secret|token)[^=&#]*=)[^&#]*/gi

/** Throws `INVALID_ARGUMENT` for what is no broker URL, without showing a password. */
export function assertBrokerUrl(url: string): void {
  const problem = brokerUrlProblem(url)
  if (problem === undefined) return
  throw new BotbusError('INVALID_ARGUMENT', `broker: found ${JSON.stringify(withoutCredentials(url))}; ${problem}`)
}

/** Why `url` is no broker URL, without repeating it; undefined when it is one. */
export function brokerUrlProblem(url: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined || !SCHEMES.has(scheme)) {
    return `it is no broker URL; accepted: ${accepted()}`
  }
  return SCHEMES.get(scheme)?.problem(url)
}

/**
 * Splits `mqtt://user:password@host`, also with several hosts, into a URL that is safe to show and its credentials. Throws
 * `INVALID_ARGUMENT`.
 */
export function splitCredentials(url: string): { url: string; username?: string; password?: string } {
  assertBrokerUrl(url)
  const schemes = schemeOf(url)?.network
  if (!schemes) return { url }
  const { username, password } = parseHosts(url, schemes)
  return {
    url: withoutCredentials(url),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  }
}

/**
 * Throws `INVALID_ARGUMENT` when `url` holds a password. For values of flags: every user of a machine can read the
 * command lines of all processes.
 */
export function assertNoPassword(url: string): void {
  if (!/\/\/.*:.*@/s.test(url) && url.search(SECRET_IN_QUERY) === -1) return
  throw new BotbusError(
    'INVALID_ARGUMENT',
    `a password must not stand on the command line (${withoutCredentials(url)}): set BOTBUS_BROKER_PASSWORD, ` +
      'or name a file in BOTBUS_BROKER_PASSWORD_FILE',
  )
}

/** The URL without user and password, also where it cannot be parsed. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/s, '//').replace(SECRET_IN_QUERY, '$1***')
}

function accepted(): string {
  return [...SCHEMES.values()].map(({ example }) => example).join(', ')
}
