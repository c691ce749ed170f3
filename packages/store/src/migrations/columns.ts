import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely'

/** The type of ids, which must sort by their bytes. SQLite does so by itself; PostgreSQL by the language of the database. */
export function id(db: Kysely<unknown>): RawBuilder<unknown> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : sql`text`
}
