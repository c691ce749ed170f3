import type { BotbusError } from '@botbus/core'
import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>
export type Writing = Transaction<Tables>

/** A database that is open. */
export interface Engine {
  /** One transaction at a time. */
  readonly writer: Database
  /** Sees what is committed. */
  readonly reader: Database
  /** Comes first in each transaction that writes: waits until no other process writes, so that what is read then stays true. */
  lock(transaction: Writing): Promise<void>
  /** `NOT_CONNECTED` when the database cannot be used now, `INTERNAL` when it refuses what it was told. */
  toError(thrown: unknown): BotbusError
  close(): Promise<void>
}
