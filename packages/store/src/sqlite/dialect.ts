import { SqliteAdapter, SqliteDialect } from 'kysely'

/** SQLite undoes a change of the schema with its transaction; Kysely does not use that by itself. A migration is whole then, or not there. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

export class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}
