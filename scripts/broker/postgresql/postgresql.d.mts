import type { BrokerInstance, BrokerOptions } from '../process/broker-process.d.mts'

/** `config` holds lines of postgresql.conf. */
export type PostgresqlOptions = BrokerOptions

/**
 * Starts a PostgreSQL server of your own, 15 or newer. `url` names a user who may do anything, and a database; a password only where
 * `users` are given, and that is for the caller to add. `freeze` stops the main process: connections go on, and no new one is made.
 */
export function startPostgresql(options?: PostgresqlOptions): Promise<BrokerInstance>
