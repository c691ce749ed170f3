import { resolve } from 'node:path'
import { BotbusError } from '@botbus/core'
import type { StoreConfig } from './types.ts'
import type { Section } from './validate.ts'

const ACCEPTED = 'accepted: sqlite:PATH, sqlite::memory:, postgresql://HOST:PORT/DATABASE'

/** Why `url` is no URL of a store, without repeating it; undefined when it is one. */
export function storeUrlProblem(url: string): string | undefined {
  if (/^sqlite:.+/s.test(url)) return undefined
  if (!/^postgres(?:ql)?:\/\//.test(url)) return `it is no URL of a store; ${ACCEPTED}`
  return URL.canParse(url) ? undefined : 'it cannot be read; write "/ ? # @" of a password as %2F %3F %23 %40'
}

/** Moves user and password out of the URL, and makes the path of a database file absolute. Throws `INVALID_ARGUMENT`. */
export function separateStore(store: Section, folder: string): Section {
  const { url } = store
  if (typeof url !== 'string') return oneSecret(store)
  const file = /^sqlite:(?!:memory:)(.*)$/s.exec(url)?.[1]
  if (file !== undefined) return oneSecret({ ...store, url: `sqlite:${resolve(folder, file)}` })
  if (url.startsWith('sqlite:')) return oneSecret(store)
  const parsed = new URL(url)
  const given = { username: decode(parsed.username), password: decode(parsed.password) }
  parsed.username = ''
  parsed.password = ''
  for (const key of ['username', 'password'] as const) {
    if (given[key] !== undefined && store[key] !== undefined) {
      throw new BotbusError('INVALID_ARGUMENT', `store.${key} is given twice: in the URL and beside it; keep one`)
    }
  }
  const found = Object.entries(given).filter(([, value]) => value !== undefined)
  return oneSecret({ ...store, ...Object.fromEntries(found), url: parsed.href })
}

/** The store of all layers; beside the config file by default. */
export function resolveStore(given: Section, folder: string): StoreConfig {
  const { url = `sqlite:${resolve(folder, 'botbus.db')}`, ...credentials } = given as Partial<StoreConfig>
  return { url, ...credentials }
}

function oneSecret(store: Section): Section {
  if (store['password'] === undefined || store['passwordFile'] === undefined) return store
  throw new BotbusError('INVALID_ARGUMENT', 'store.password and store.passwordFile are both given; keep one')
}

function decode(part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', 'store: user or password hold a "%" that is not %25', { cause })
  }
}
