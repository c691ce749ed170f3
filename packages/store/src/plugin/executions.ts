import { BotbusError } from '@botbus/core'
import type { Execution, ExecutionResult, ExecutionStatus, Executions } from '@botbus/plugin'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { Batch } from '../database/group-commit.ts'
import type { ExecutionRow } from '../database/tables.ts'
import { fromJson, present, toJson, toLimit, toText } from '../database/values.ts'

const OPEN: readonly ExecutionStatus[] = ['pending', 'sent']

interface End {
  readonly id: string
  readonly status: string
  readonly reply: string | null
  readonly reason: string | null
}

export function createExecutions(access: Access, plugin: string): Executions {
  const begin = beginAll(plugin)
  const end = endEach(plugin)
  return {
    async begin(id) {
      await access.write(begin, id)
    },

    async end(id, result) {
      await access.write(end, prepareEnd(id, result))
    },

    open: (statuses) =>
      access.read(async (database) => {
        if (statuses.length === 0) return []
        const rows = await database
          .selectFrom('executions')
          .selectAll()
          .where('plugin', '=', plugin)
          .where('status', 'in', statuses)
          .orderBy('id')
          .execute()
        return rows.map(toExecution)
      }),

    get: (id) =>
      access.read(async (database) => {
        const row = await database
          .selectFrom('executions')
          .selectAll()
          .where('plugin', '=', plugin)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toExecution(row)
      }),

    list: (listing = {}) =>
      access.read(async (database) => {
        const { before, cause, status } = listing
        let query = database.selectFrom('executions').selectAll().where('plugin', '=', plugin)
        if (before !== undefined) query = query.where('id', '<', before)
        if (cause !== undefined) query = query.where('cause', '=', cause)
        if (status !== undefined) query = query.where('status', '=', status)
        const rows = await query.orderBy('id', 'desc').limit(toLimit(listing)).execute()
        return rows.map(toExecution)
      }),
  }
}

function beginAll(plugin: string): Batch<string, undefined> {
  return async (transaction, ids) => {
    const rows = await transaction
      .updateTable('executions')
      .set({ status: 'sent', sent_at: Date.now() })
      .where('plugin', '=', plugin)
      .where('id', 'in', ids)
      .where('status', '=', 'pending')
      .returning('id')
      .execute()
    const begun = new Set(rows.map(({ id }) => id))
    // Each is begun once, also when a group asks twice.
    return ids.map((id) => (begun.delete(id) ? undefined : notOpen(id, 'pending')))
  }
}

function endEach(plugin: string): Batch<End, undefined> {
  return each(async (transaction, { id, ...result }) => {
    const row = await transaction
      .updateTable('executions')
      .set({ ...result, ended_at: Date.now() })
      .where('plugin', '=', plugin)
      .where('id', '=', id)
      .where('status', 'in', OPEN)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw notOpen(id, 'pending or sent')
    return undefined
  })
}

function prepareEnd(id: string, { status, reply, reason }: ExecutionResult): End {
  if (OPEN.includes(status)) throw new BotbusError('INVALID_ARGUMENT', `${status} is no end of an execution`)
  return {
    id,
    status,
    reply: reply === undefined ? null : toJson(reply, 'reply'),
    reason: reason === undefined ? null : toText(reason, 'reason'),
  }
}

function notOpen(id: string, status: string): BotbusError {
  return new BotbusError('INVALID_ARGUMENT', `there is no execution ${id} that is ${status}`)
}

function toExecution(row: ExecutionRow): Execution {
  const { id, cause, lane, target, operation } = row
  return {
    id,
    cause,
    lane,
    target,
    operation,
    payload: fromJson(row.payload),
    status: row.status as ExecutionStatus,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    ...present('sentAt', row.sent_at),
    ...present('endedAt', row.ended_at),
    ...(row.reply === null ? {} : { reply: fromJson(row.reply) }),
    ...present('reason', row.reason),
  }
}
