import type { SqliteDatabase, SqliteStatement } from 'kysely'

const REMEMBERED = 100

/** What both libraries for SQLite have. */
export interface NativeDatabase {
  exec(sql: string): unknown
  prepare(sql: string): NativeStatement
  close(): void
}

interface NativeStatement {
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  /** Only better-sqlite3 knows this, and has no `all` for what returns no rows. */
  readonly reader?: boolean
}

/**
 * The database as Kysely wants it. Statements are kept prepared, and transactions take the lock for writing when they begin: one that
 * takes it later fails when another process wrote in between.
 */
export function toKysely(database: NativeDatabase): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = statements.get(sql)
      if (known) return known
      const statement = toStatement(database.prepare(sql === 'begin' ? 'begin immediate' : sql))
      if (statements.size === REMEMBERED) statements.delete(statements.keys().next().value ?? '')
      statements.set(sql, statement)
      return statement
    },
  }
}

function toStatement(statement: NativeStatement): SqliteStatement {
  return {
    // `all` of node:sqlite runs any statement; what was changed is asked for with RETURNING.
    reader: statement.reader ?? true,
    all: (parameters) => statement.all(...parameters),
    run: (parameters) => statement.run(...parameters),
    iterate: (parameters) => statement.all(...parameters).values(),
  }
}
