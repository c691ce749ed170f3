import { BotbusError } from '@botbus/core'
import type { DeadLetter, DeadLetters, NewDeadLetter } from '@botbus/plugin'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { Batch } from '../database/group-commit.ts'
import { insertAll } from '../database/insert.ts'
import type { DeadLetterRow } from '../database/tables.ts'
import { fromJson, present, toInstant, toJson, toLimit, toText } from '../database/values.ts'
import { redactContent } from '../redact/redact-content.ts'
import { redactText } from '../redact/redact-text.ts'

type ReadyLetter = Omit<DeadLetterRow, 'id' | 'plugin'>

export function createDeadLetters(access: Access, plugin: string, nextId: () => string): DeadLetters {
  const add: Batch<ReadyLetter, string> = async (transaction, letters) => {
    const rows = letters.map((letter) => ({ id: nextId(), plugin, ...letter }))
    await insertAll(transaction, 'dead_letters', rows)
    return rows.map(({ id }) => id)
  }

  const markReplayed = each(async (transaction, { id, entry }: { id: string; entry: string }) => {
    const row = await transaction
      .updateTable('dead_letters')
      .set({ replayed_as: entry, replayed_at: Date.now() })
      .where('plugin', '=', plugin)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw new BotbusError('INVALID_ARGUMENT', `there is no dead letter ${id}`)
    return undefined
  })

  const remove: Batch<string, undefined> = async (transaction, ids) => {
    await transaction.deleteFrom('dead_letters').where('plugin', '=', plugin).where('id', 'in', ids).execute()
    return ids.map(() => undefined)
  }

  return {
    add: async (letter) => access.write(add, prepare(letter)),

    get: (id) =>
      access.read(async (database) => {
        const row = await database
          .selectFrom('dead_letters')
          .selectAll()
          .where('plugin', '=', plugin)
          .where('id', '=', id)
          .executeTakeFirst()
        return row && toLetter(row)
      }),

    list: (listing = {}) =>
      access.read(async (database) => {
        const { before, source, code } = listing
        let query = database.selectFrom('dead_letters').selectAll().where('plugin', '=', plugin)
        if (before !== undefined) query = query.where('id', '<', before)
        if (source !== undefined) query = query.where('source', '=', source)
        if (code !== undefined) query = query.where('code', '=', code)
        const rows = await query.orderBy('id', 'desc').limit(toLimit(listing)).execute()
        return rows.map(toLetter)
      }),

    markReplayed: (id, entry) => access.write(markReplayed, { id, entry }),
    remove: (id) => access.write(remove, id),
  }
}

function prepare(letter: NewDeadLetter): ReadyLetter {
  return {
    source: toText(letter.source, 'source'),
    received_at: toInstant(letter.receivedAt, 'receivedAt'),
    sender: toText(letter.sender, 'sender'),
    code: toText(letter.code, 'code'),
    reason: redactText(toText(letter.reason, 'reason')),
    content: toJson(redactContent(letter.content), 'content'),
    cause: letter.cause === undefined ? null : toText(letter.cause, 'cause'),
    execution: letter.execution === undefined ? null : toText(letter.execution, 'execution'),
    replayed_as: null,
    replayed_at: null,
  }
}

function toLetter(row: DeadLetterRow): DeadLetter {
  const { id, source, sender, code, reason } = row
  return {
    id,
    source,
    receivedAt: row.received_at,
    sender,
    code,
    reason,
    content: fromJson(row.content),
    ...present('cause', row.cause),
    ...present('execution', row.execution),
    ...present('replayedAs', row.replayed_as),
    ...present('replayedAt', row.replayed_at),
  }
}
