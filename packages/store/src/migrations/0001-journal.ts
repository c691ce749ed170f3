import { type Kysely, sql } from 'kysely'
import { id } from './columns.ts'

/** What plugins took in, are to do, could not do, and who did what. */
export async function createJournal(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('alerts_inbox')
    .addColumn('id', id(db), (column) => column.primaryKey())
    .addColumn('plugin', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('sender', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('alerts_inbox_plugin').on('alerts_inbox').columns(['plugin', 'id']).execute()
  await db.schema.createIndex('alerts_inbox_received_at').on('alerts_inbox').column('received_at').execute()

  await db.schema
    .createTable('guards')
    .addColumn('plugin', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('entry', id(db), (column) => column.notNull())
    .addPrimaryKeyConstraint('guards_pkey', ['plugin', 'key'])
    .execute()
  await db.schema.createIndex('guards_until').on('guards').column('until').execute()

  await db.schema
    .createTable('executions')
    .addColumn('id', id(db), (column) => column.primaryKey())
    .addColumn('plugin', 'text', (column) => column.notNull())
    .addColumn('cause', id(db), (column) => column.notNull())
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('reply', 'text')
    .addColumn('reason', 'text')
    .execute()
  await db.schema.createIndex('executions_plugin').on('executions').columns(['plugin', 'id']).execute()
  await db.schema.createIndex('executions_status').on('executions').columns(['plugin', 'status', 'id']).execute()
  await db.schema.createIndex('executions_cause').on('executions').column('cause').execute()
  await db.schema.createIndex('executions_ended_at').on('executions').column('ended_at').execute()

  await db.schema
    .createTable('dead_letters')
    .addColumn('id', id(db), (column) => column.primaryKey())
    .addColumn('plugin', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('sender', 'text', (column) => column.notNull())
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('cause', id(db))
    .addColumn('execution', id(db))
    .addColumn('replayed_as', id(db))
    .addColumn('replayed_at', 'bigint')
    .execute()
  await db.schema.createIndex('dead_letters_plugin').on('dead_letters').columns(['plugin', 'id']).execute()

  await db.schema
    .createTable('audit')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text')
    .addColumn('detail', 'text')
    .addColumn('hash', 'text', (column) => column.notNull().check(sql`length(hash) = 64`))
    .execute()
}
