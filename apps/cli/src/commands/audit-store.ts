import { readFile } from 'node:fs/promises'
import type { StoreConfig } from '@botbus/config'
import type { Audit } from '@botbus/store'
import { readConfiguration } from '../configuration.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'

/** For the help of every command that opens the store. */
export const STORE_NOTE: string =
  'Reads the database that "store" of the configuration names, or BOTBUS_STORE, also while the server runs; it changes\n' +
  'nothing there.'

/** Opens the configured store to read, runs the command on its audit log and closes it again. */
export async function withAudit<Result>(
  options: GlobalOptions,
  run: (audit: Audit) => Promise<Result>,
): Promise<Result> {
  const { openStore } = await import('@botbus/store')
  const { BotbusError } = await import('@botbus/core')
  const { store: configured } = await readConfiguration(options)
  try {
    await using store = await openStore(await urlOf(configured), { readOnly: true })
    return await run(store.audit)
  } catch (error) {
    // Exit code 10 would speak of the broker.
    if (!BotbusError.is(error) || error.code !== 'NOT_CONNECTED') throw error
    throw new Failure(EXIT.error, `the store cannot be read: ${error.message}`, { cause: error })
  }
}

/** With the credentials that the configuration keeps beside it. */
async function urlOf({ url, username, password, passwordFile }: StoreConfig): Promise<string> {
  const secret = passwordFile === undefined ? password : await readPassword(passwordFile)
  if (username === undefined && secret === undefined) return url
  const whole = new URL(url)
  whole.username = encodeURIComponent(username ?? '')
  whole.password = encodeURIComponent(secret ?? '')
  return whole.href
}

async function readPassword(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw usage(
      `store.passwordFile (${path}) cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}
