import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { BotbusError, messageOf } from '@botbus/core'
import type { SecretSource } from '../config/secret-source.ts'
import { SecretText } from '../config/secret-text.ts'

/**
 * The first secret of a route, for a message that is sent to try it; undefined where it has none. Throws `INVALID_ARGUMENT` for a
 * variable or file that is not there.
 */
export function revealSecret(
  route: { readonly secrets: readonly SecretSource[] },
  { env = process.env, folder = '.' }: { readonly env?: NodeJS.ProcessEnv; readonly folder?: string } = {},
): string | undefined {
  const [source] = route.secrets
  if (source === undefined || source instanceof SecretText) return source?.reveal()
  if ('env' in source) {
    const value = env[source.env]
    if (value) return value
    throw new BotbusError('INVALID_ARGUMENT', `the secret of the route is in ${source.env}, which is not set`)
  }
  try {
    return readFileSync(resolve(folder, source.file), 'utf8').replace(/\r?\n$/, '')
  } catch (cause) {
    const message = `the secret of the route is in ${source.file}, which cannot be read: ${messageOf(cause)}`
    throw new BotbusError('INVALID_ARGUMENT', message, { cause })
  }
}
