import { BotbusError } from '@botbus/core'
import type { Acceptance, Inbox, InboxEntry, NewExecution, NewInboxEntry } from '@botbus/plugin'
import type { Access } from '../database/access.ts'
import type { InboxRow } from '../database/tables.ts'
import { fromJson, toInstant, toJson, toLimit, toText } from '../database/values.ts'
import { redactContent } from '../redact/redact-content.ts'
import { type AcceptOptions, acceptAll, type ReadyEntry } from './accept.ts'

const LONGEST_KEY = 200

export function createInbox(access: Access, options: AcceptOptions): Inbox {
  const { plugin } = options
  const batch = acceptAll(options)
  return {
    async accept(entry): Promise<Acceptance> {
      return access.write(batch, prepare(entry))
    },

    get: (id) =>
      access.read(async (database) => {
        const row = await database
          .selectFrom('alerts_inbox')
          .selectAll()
          .where('plugin', '=', plugin)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toEntry(row)
      }),

    list: (listing = {}) =>
      access.read(async (database) => {
        const { before, source } = listing
        let query = database.selectFrom('alerts_inbox').selectAll().where('plugin', '=', plugin)
        if (before !== undefined) query = query.where('id', '<', before)
        if (source !== undefined) query = query.where('source', '=', source)
        const rows = await query.orderBy('id', 'desc').limit(toLimit(listing)).execute()
        return rows.map(toEntry)
      }),
  }
}

/** All that can be wrong with an entry shows before it shares a transaction with others. */
function prepare(entry: NewInboxEntry): ReadyEntry {
  return {
    row: {
      source: toText(entry.source, 'source'),
      received_at: toInstant(entry.receivedAt, 'receivedAt'),
      sender: toText(entry.sender, 'sender'),
      content: toJson(redactContent(entry.content), 'content'),
    },
    guards: entry.guards.map(({ key, until }) => ({ key: toKey(key), until: toInstant(until, 'until of a guard') })),
    executions: entry.executions.map(prepareExecution),
  }
}

function prepareExecution(execution: NewExecution): ReadyEntry['executions'][number] {
  return {
    lane: toText(execution.lane, 'lane'),
    target: toText(execution.target, 'target'),
    operation: toText(execution.operation, 'operation'),
    payload: toJson(execution.payload, 'payload'),
    expires_at: toInstant(execution.expiresAt, 'expiresAt'),
  }
}

function toKey(key: string): string {
  const text = toText(key, 'the key of a guard')
  if (text.length >= 1 && text.length <= LONGEST_KEY) return text
  throw new BotbusError('INVALID_ARGUMENT', `the key of a guard must have 1 to ${LONGEST_KEY} characters`)
}

function toEntry(row: InboxRow): InboxEntry {
  const { id, source, sender } = row
  return { id, source, sender, receivedAt: row.received_at, content: fromJson(row.content) }
}
