import { BotbusError } from '@botbus/core'
import type { AuditEntry, AuditRecord, JsonObject, JsonValue } from '@botbus/plugin'
import type { Access } from '../database/access.ts'
import type { Database, Writing } from '../database/engine.ts'
import type { Batch } from '../database/group-commit.ts'
import { insertAll } from '../database/insert.ts'
import type { AuditRow } from '../database/tables.ts'
import { fromJson, present, toJson, toLimit, toText } from '../database/values.ts'
import type { Audit } from './audit.ts'
import { canonicalJson } from './canonical-json.ts'
import { hashEntry, START } from './entry-hash.ts'
import { verifyChain } from './verify-chain.ts'

type ReadyRecord = Pick<AuditRow, 'actor' | 'action' | 'target' | 'detail'>

const PAGE = 1_000

/** Shared by all logs of a process, so that appends of several plugins are one batch. */
const appendAll: Batch<ReadyRecord, undefined> = async (transaction, records) => {
  let { sequence, hash } = await readHead(transaction)
  const at = Date.now()
  const rows = records.map((record) => {
    sequence++
    const row = { sequence, at, ...record }
    hash = hashEntry(hash, row)
    return { ...row, hash }
  })
  await insertAll(transaction, 'audit', rows)
  return records.map(() => undefined)
}

export function createAudit(access: Access): Audit {
  const readRows = (sequence: number, limit: number): Promise<readonly AuditRow[]> =>
    access.read((database) => selectFrom(database, sequence, limit))
  return {
    append: async (record) => access.write(appendAll, prepare(record)),

    list: (listing = {}) =>
      access.read(async (database) => {
        let query = database.selectFrom('audit').selectAll()
        if (listing.before !== undefined) query = query.where('sequence', '<', listing.before)
        const rows = await query.orderBy('sequence', 'desc').limit(toLimit(listing)).execute()
        return rows.map(toEntry)
      }),

    async readFrom(sequence, { limit = PAGE } = {}) {
      if (!Number.isSafeInteger(sequence)) throw new BotbusError('INVALID_ARGUMENT', 'sequence must be a whole number')
      const rows = await readRows(sequence, toLimit({ limit }))
      return rows.map(toEntry)
    },

    verify: ({ expectedHead } = {}) => verifyChain((sequence) => readRows(sequence, PAGE), expectedHead),
  }
}

async function readHead(transaction: Writing): Promise<Pick<AuditRow, 'sequence' | 'hash'>> {
  const row = await transaction
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? { sequence: 0, hash: START }
}

function selectFrom(database: Database, sequence: number, limit: number): Promise<AuditRow[]> {
  return database
    .selectFrom('audit')
    .selectAll()
    .where('sequence', '>=', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute()
}

function prepare({ actor, action, target, detail }: AuditRecord): ReadyRecord {
  return {
    actor: toText(actor, 'actor'),
    action: toText(action, 'action'),
    target: target === undefined ? null : toText(target, 'target'),
    detail: detail === undefined ? null : canonicalJson(fromJson(toJson(detail, 'detail'))),
  }
}

function toEntry({ sequence, at, actor, action, target, detail, hash }: AuditRow): AuditEntry {
  return {
    sequence,
    at,
    actor,
    action,
    ...present('target', target),
    ...(detail === null ? {} : { detail: readDetail(detail) }),
    hash,
  }
}

/** Somebody may have written into the database: what is no object is shown as it is, and `verify` says so. */
function readDetail(text: string): JsonObject {
  let value: JsonValue = text
  try {
    value = fromJson(text)
  } catch {
    // Shown as text.
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : { text }
}
