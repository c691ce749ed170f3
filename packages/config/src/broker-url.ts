import { BotbusError } from '@botbus/core'
import { SCHEMES } from './transports.ts'

/** Schemes that the design names and this version has no transport package for. */
const LATER: Readonly<Record<string, string>> = {
  amqp: 'AMQP',
  amqps: 'AMQP',
  redis: 'Redis',
  rediss: 'Redis',
  kafka: 'Kafka',
  kafkas: 'Kafka',
}

/** Why `url` is no broker URL, without showing a password; undefined when it is one. */
export function brokerUrlProblem(url: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && Object.hasOwn(LATER, scheme)) {
    return `the ${LATER[scheme]} transport is not part of this version; accepted: ${accepted()}`
  }
  if (scheme === undefined || !SCHEMES.has(scheme)) {
    return `${JSON.stringify(withoutCredentials(url))} is no broker URL; accepted: ${accepted()}`
  }
  return SCHEMES.get(scheme)?.problem(url)
}

/** Splits `mqtt://user:password@host` into a URL that is safe to show and its credentials. Throws `INVALID_ARGUMENT`. */
export function splitCredentials(url: string): { url: string; username?: string; password?: string } {
  const problem = brokerUrlProblem(url)
  if (problem) throw new BotbusError('INVALID_ARGUMENT', `broker: ${problem}`)
  const { username, password } = new URL(url)
  return {
    url: withoutCredentials(url),
    ...(username ? { username: decode(username) } : {}),
    ...(password ? { password: decode(password) } : {}),
  }
}

/**
 * Throws `INVALID_ARGUMENT` when `url` holds a password. For values of flags: every user of a machine can read the
 * command lines of all processes.
 */
export function assertNoPassword(url: string): void {
  if (!/\/\/.*:.*@/s.test(url)) return
  throw new BotbusError(
    'INVALID_ARGUMENT',
    `a password must not stand on the command line (${withoutCredentials(url)}): set BOTBUS_BROKER_PASSWORD, ` +
      'or name a file in BOTBUS_BROKER_PASSWORD_FILE',
  )
}

/** The URL without user and password, also where it cannot be parsed. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/s, '//')
}

function accepted(): string {
  return [...SCHEMES.values()].map(({ example }) => example).join(', ')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', 'broker: user or password in the URL has a "%" that encodes nothing', {
      cause,
    })
  }
}
