import { once } from 'node:events'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { Engine } from '../database/engine.ts'
import type { Tables } from '../database/tables.ts'
import { toPostgresqlError } from './errors.ts'

/** The lock of everything that writes, in this database. The letters "botbus". */
const LOCK = 0x62_6f_74_62_75_73
/** The type `bigint`; instants and counts fit into a number. */
const INT8 = 20
const END_TIMEOUT = 2_000

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
}

/** A commit is on disk before it is acknowledged, whatever the server's default; and a peer that hangs holds no lock for ever. */
const SESSION = sql`select
  case current_setting('synchronous_commit') when 'off' then set_config('synchronous_commit', 'on', false) end,
  set_config('lock_timeout', '15s', false),
  set_config('statement_timeout', '20s', false),
  set_config('idle_in_transaction_session_timeout', '10s', false)`

export async function openPostgresql(url: string, onError: (error: Error) => void): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'botbus',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
    types,
  })
  // Of connections that nobody uses; the pool replaces them.
  pool.on('error', (error) => onError(toPostgresqlError(error)))
  // Of one in use: what it does next fails with the same error. Without a listener the process would end.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const close = closing(pool)
  const database = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => {
        await connection.executeQuery(SESSION.compile(database))
      },
    }),
  })
  return {
    writer: database,
    reader: database,
    async lock(transaction) {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction)
    },
    toError: toPostgresqlError,
    close,
  }
}

/** `end` of a pool says that its connections were told to end; this waits until they have. */
function closing(pool: pg.Pool): () => Promise<void> {
  const open = new Set<pg.PoolClient>()
  pool.on('connect', (client) => open.add(client))
  pool.on('remove', (client) => open.delete(client))
  return async () => {
    pool.removeAllListeners('error').on('error', () => {
      // Of a connection that ends, just as it is told to.
    })
    await pool.end()
    const deadline = AbortSignal.timeout(END_TIMEOUT)
    while (open.size > 0 && !deadline.aborted) {
      // A server that does not answer any more: the sockets are left to the system.
      await once(pool, 'remove', { signal: deadline }).catch(() => undefined)
    }
  }
}
