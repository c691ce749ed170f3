import { timingSafeEqual } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { BotbusError, messageOf } from '@botbus/core'
import type { SecretSource } from './secret-source.ts'
import { ACCEPTED_SECRET, SecretText, sha256, weaknessOf } from './secret-text.ts'

/** The secrets of a route, as digests. */
export interface Secrets {
  /** How many there are. */
  readonly count: number
  /** Whether one of those that a sender presented is one of these. Takes the same time whichever it is, and if none is. */
  matches(presented: readonly string[]): boolean
}

export interface OpenSecretsOptions {
  /** The route's name, for messages. */
  readonly route?: string
  /** Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Files are relative to it. Default: the working directory. */
  readonly folder?: string
}

/** How many secrets of one alert are compared: a sender that shows more is guessing. */
const MAX_PRESENTED = 8
const MAX_FILE_BYTES = 4_096

/**
 * Reads the secrets of a route from where they are; call it again to read them anew. Throws `INVALID_ARGUMENT` for one that is
 * missing or weak, in words that tell nothing of it.
 */
export function openSecrets(
  route: { readonly secrets: readonly SecretSource[] },
  options: OpenSecretsOptions = {},
): Secrets {
  const digests = route.secrets.map((source, index) => {
    const label = `${options.route === undefined ? '' : `routes.${options.route}.`}secrets.${index}`
    const secret = read(source, label, options)
    const weakness = weaknessOf(secret)
    if (weakness !== undefined) throw refused(`${label}: ${describe(source)} ${weakness}; ${ACCEPTED_SECRET}`)
    return sha256(secret)
  })
  return { count: digests.length, matches: (presented) => matchesAny(digests, presented) }
}

function matchesAny(digests: readonly Buffer[], presented: readonly string[]): boolean {
  let matches = 0
  for (const secret of presented.slice(0, MAX_PRESENTED)) {
    const digest = sha256(secret)
    for (const known of digests) matches |= Number(timingSafeEqual(digest, known))
  }
  return matches === 1
}

function read(source: SecretSource, label: string, { env = process.env, folder = '.' }: OpenSecretsOptions): string {
  if (source instanceof SecretText) return source.reveal()
  if ('file' in source) return readSecretFile(resolve(folder, source.file), label)
  const value = env[source.env]
  if (value === undefined || value === '') {
    throw refused(`${label}: the environment variable ${source.env} is not set; ${ACCEPTED_SECRET}`)
  }
  return value
}

/** One newline at the end is cut, as editors add one. */
function readSecretFile(path: string, label: string): string {
  try {
    if (statSync(path).size <= MAX_FILE_BYTES) return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${label}: ${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
  throw refused(`${label}: ${path} is larger than ${MAX_FILE_BYTES} bytes; a file holds one secret`)
}

function describe(source: SecretSource): string {
  if (source instanceof SecretText) return 'the secret is refused:'
  return 'env' in source ? `the secret in ${source.env} is refused:` : `the secret in ${source.file} is refused:`
}

function refused(message: string): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', message)
}
