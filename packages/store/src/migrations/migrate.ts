import { BotbusError } from '@botbus/core'
import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Engine } from '../database/engine.ts'
import { createJournal } from './0001-journal.ts'
import { createAccountTables } from './0002-accounts.ts'

type Migrations = Readonly<Record<string, Migration>>

export const MIGRATIONS: Migrations = {
  '0001-journal': { up: createJournal },
  '0002-accounts': { up: createAccountTables },
}

const TABLE = 'botbus_migrations'

/**
 * Brings the schema up to date; each step is one transaction, and one process at a time does it. Rejects with `UNSUPPORTED` when a newer
 * program has changed the schema already.
 */
export async function migrate(engine: Engine, migrations: Migrations = MIGRATIONS): Promise<void> {
  await assertKnown(engine, migrations)
  const migrator = new Migrator({
    db: engine.writer,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw engine.toError(error)
}

/** For a database that may not be changed: rejects with `UNSUPPORTED` unless its schema is the one of this program. */
export async function assertMigrated(engine: Engine, migrations: Migrations = MIGRATIONS): Promise<void> {
  const applied = await assertKnown(engine, migrations)
  const missing = Object.keys(migrations).filter((name) => !applied.includes(name))
  if (missing.length === 0) return
  const text = `the database lacks ${missing.join(', ')}: start the server with it once, which brings it up to date`
  throw new BotbusError('UNSUPPORTED', text)
}

async function assertKnown(engine: Engine, migrations: Migrations): Promise<readonly string[]> {
  const applied = await readApplied(engine)
  const unknown = applied.filter((name) => !(name in migrations))
  if (unknown.length === 0) return applied
  const newest = Object.keys(migrations).at(-1)
  const text = `the database was written by a newer program: it has ${unknown.join(', ')}, and this one ends at ${newest}`
  throw new BotbusError('UNSUPPORTED', text)
}

async function readApplied({ reader, toError }: Engine): Promise<readonly string[]> {
  try {
    const tables = await reader.introspection.getTables({ withInternalKyselyTables: true })
    if (!tables.some(({ name }) => name === TABLE)) return []
    const { rows } = await sql<{ name: string }>`select name from ${sql.id(TABLE)} order by name`.execute(
      reader as Kysely<unknown>,
    )
    return rows.map(({ name }) => name)
  } catch (error) {
    throw toError(error)
  }
}
