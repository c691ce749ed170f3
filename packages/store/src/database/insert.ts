import type { InsertObject } from 'kysely'
import type { Writing } from './engine.ts'
import type { Tables } from './tables.ts'

/** SQLite takes 32,766 parameters in a statement. */
const ROWS = 500

/** A row for each, in few statements. */
export async function insertAll<Name extends keyof Tables & string>(
  transaction: Writing,
  table: Name,
  rows: readonly InsertObject<Tables, Name>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS) {
    await transaction
      .insertInto(table)
      .values(rows.slice(start, start + ROWS))
      .execute()
  }
}
