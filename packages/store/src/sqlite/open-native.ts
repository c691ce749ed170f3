import { BotbusError, messageOf } from '@botbus/core'
import type { StoreOptions } from '../store.ts'
import type { NativeDatabase } from './statements.ts'

type Driver = NonNullable<StoreOptions['driver']>

export async function openNative(driver: Driver, path: string, readOnly: boolean): Promise<NativeDatabase> {
  if (driver === 'better-sqlite3') {
    const Database = await loadBetterSqlite3()
    return new Database(path, { readonly: readOnly, fileMustExist: readOnly })
  }
  const { DatabaseSync } = await import('node:sqlite')
  return new DatabaseSync(path, { readOnly }) as NativeDatabase
}

/** Its binary is built for Node-API 10; an older Node has no word of refusal for it, and crashes. */
export const hasBetterSqlite3: boolean = Number(process.versions['napi']) >= 10

async function loadBetterSqlite3(): Promise<typeof import('better-sqlite3')> {
  if (!hasBetterSqlite3) {
    throw new BotbusError('UNSUPPORTED', `better-sqlite3 needs Node 22.14 or later, and this is ${process.version}`)
  }
  try {
    return (await import('better-sqlite3')).default
  } catch (error) {
    const text = `the driver better-sqlite3 cannot be loaded, install it: npm install better-sqlite3 (${messageOf(error)})`
    throw new BotbusError('UNSUPPORTED', text, { cause: error })
  }
}
