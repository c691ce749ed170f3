import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BotbusError } from '@botbus/core'
import { Kysely } from 'kysely'
import type { Database, Engine } from '../database/engine.ts'
import type { StoreOptions } from '../store.ts'
import { TransactionalSqliteDialect } from './dialect.ts'
import { toSqliteError } from './errors.ts'
import { openNative } from './open-native.ts'
import { toKysely } from './statements.ts'

const MEMORY = ':memory:'

/** A commit is on disk when it returns, also on macOS, where only `fullfsync` says so to the disk. */
const WRITER = ['journal_mode = wal', 'synchronous = full', 'fullfsync = on', 'journal_size_limit = 67108864']
const EVERYWHERE = ['busy_timeout = 5000', 'foreign_keys = on', 'trusted_schema = off']

/** `path` is a file, or `:memory:`. */
export async function openSqlite(path: string, options: StoreOptions): Promise<Engine> {
  const { driver = 'node:sqlite', readOnly = false } = options
  if (path === '') throw new BotbusError('INVALID_ARGUMENT', 'sqlite: needs a file, such as sqlite:botbus.db')
  if (readOnly && !existsSync(path)) throw new BotbusError('INVALID_ARGUMENT', `there is no database ${path}`)
  const connect = async (pragmas: readonly string[]): Promise<Database> => {
    const native = await openNative(driver, path, readOnly)
    try {
      for (const pragma of [...EVERYWHERE, ...pragmas]) native.exec(`pragma ${pragma}`)
    } catch (error) {
      native.close()
      throw error
    }
    return new Kysely({ dialect: new TransactionalSqliteDialect({ database: toKysely(native) }) })
  }
  try {
    if (readOnly) return engineOf(await connect([]))
    if (path === MEMORY) return engineOf(await connect(WRITER))
    await prepareFile(path)
    const writer = await connect(WRITER)
    return engineOf(writer, await connect(['query_only = on']))
  } catch (error) {
    throw toSqliteError(error)
  }
}

/** Nobody else may read it. */
async function prepareFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(path, 'a', 0o600)
    await file.close()
  } catch (error) {
    throw new BotbusError('NOT_CONNECTED', `the database ${path} cannot be written`, { cause: error })
  }
}

function engineOf(writer: Database, reader = writer): Engine {
  return {
    writer,
    reader,
    // The transaction has taken the lock when it began.
    lock: async () => undefined,
    toError: toSqliteError,
    async close() {
      // The last connection with the right to write clears the log away.
      if (reader !== writer) await close(reader)
      await close(writer)
    },
  }
}

/** Kysely closes a database only after it was used. */
async function close(database: Database): Promise<void> {
  await database.connection().execute(async () => undefined)
  await database.destroy()
}
