import { readFile } from 'node:fs/promises'
import type { StoreConfig } from '@botbus/config'
import { BotbusError, messageOf } from '@botbus/core'
import { openStore, type Store } from '@botbus/store'

/** Opens the store of the configuration. Rejects as `openStore` does, and with `INVALID_ARGUMENT` for a password file. */
export async function openConfiguredStore(config: StoreConfig, onError: (error: Error) => void): Promise<Store> {
  const password = config.passwordFile === undefined ? config.password : await readPassword(config.passwordFile)
  if (config.username === undefined && password === undefined) return openStore(config.url, { onError })
  const url = new URL(config.url)
  url.username = encodeURIComponent(config.username ?? '')
  url.password = encodeURIComponent(password ?? '')
  return openStore(url.href, { onError })
}

async function readPassword(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `store.passwordFile (${path}) cannot be read: ${messageOf(cause)}`, {
      cause,
    })
  }
}
