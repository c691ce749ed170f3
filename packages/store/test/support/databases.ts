import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgresql } from '../../../../scripts/broker/postgresql/postgresql.mjs'
import type { StoreOptions } from '../../src/index.ts'
import { hasBetterSqlite3, openNative } from '../../src/sqlite/open-native.ts'
import { toKysely } from '../../src/sqlite/statements.ts'

/** One database of a test's own. */
export interface TestDatabase {
  readonly url: string
  readonly options: StoreOptions
  /** Goes around the store, as somebody with the right to write would. */
  sql(statement: string): Promise<readonly Record<string, unknown>[]>
  /** All that the database has on disk. */
  bytes(): Promise<Buffer>
  remove(): Promise<void>
}

/** Where databases are made. */
export interface Databases {
  create(): Promise<TestDatabase>
  stop(): Promise<void>
}

export const KINDS: readonly { name: string; start: () => Promise<Databases> }[] = [
  { name: 'SQLite', start: async () => sqliteDatabases('node:sqlite') },
  // Elsewhere the store refuses it: see open-store.test.ts.
  ...(hasBetterSqlite3
    ? [{ name: 'SQLite by better-sqlite3', start: async () => sqliteDatabases('better-sqlite3') }]
    : []),
  { name: 'PostgreSQL', start: postgresqlDatabases },
]

function sqliteDatabases(driver: 'node:sqlite' | 'better-sqlite3'): Databases {
  return {
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'botbus-store-'))
      const file = join(folder, 'botbus.db')
      return {
        url: `sqlite:${file}`,
        options: { driver },
        async sql(statement) {
          // Two copies of SQLite in one process release each other's locks, so this is the one that the store has.
          const database = await openNative(driver, file, false)
          try {
            const prepared = toKysely(database).prepare(statement)
            if (prepared.reader) return prepared.all([]) as Record<string, unknown>[]
            prepared.run([])
            return []
          } finally {
            database.close()
          }
        },
        bytes: async () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
        remove: async () => rmSync(folder, { recursive: true }),
      }
    },
    stop: async () => undefined,
  }
}

async function postgresqlDatabases(): Promise<Databases> {
  const server = await startPostgresql()
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  let count = 0
  return {
    async create() {
      const name = `test_${++count}`
      await admin.query(`create database ${name}`)
      const url = server.url.replace(/\/postgres$/, `/${name}`)
      return {
        url,
        options: {},
        async sql(statement) {
          const client = new pg.Client({ connectionString: url })
          await client.connect()
          try {
            return (await client.query(statement)).rows
          } finally {
            await client.end()
          }
        },
        async bytes() {
          await admin.query('checkpoint')
          const data = join(server.folder, 'data')
          const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
          return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))))
        },
        remove: async () => void (await admin.query(`drop database ${name} with (force)`)),
      }
    },
    async stop() {
      await admin.end()
      await server.stop()
    },
  }
}
