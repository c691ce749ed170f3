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

async function loadBetterSqlite3(): Promise<typeof import('better-sqlite3')> {
  try {
    return (await import('better-sqlite3')).default
  } catch (error) {
    const text = `the driver better-sqlite3 cannot be loaded, install it: npm install better-sqlite3 (${messageOf(error)})`
    throw new BotbusError('UNSUPPORTED', text, { cause: error })
  }
}
