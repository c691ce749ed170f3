import { BotbusError } from '@botbus/core'
import type { NewSession, Session, Sessions } from '../accounts.ts'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { SessionRow } from '../database/tables.ts'
import { toInstant, toText } from '../database/values.ts'

/** How often a use is written. */
const NOTED = 60_000

export function createSessions(access: Access): Sessions {
  const create = each(async (transaction, { idHash, user, expiresAt }: NewSession) => {
    const now = Date.now()
    const row: SessionRow = {
      id_hash: toText(idHash, 'idHash'),
      user_id: user,
      created_at: now,
      expires_at: toInstant(expiresAt, 'expiresAt'),
      last_seen_at: now,
    }
    const owner = await transaction.selectFrom('users').select('id').where('id', '=', user).executeTakeFirst()
    if (!owner) throw new BotbusError('INVALID_ARGUMENT', `there is no user ${user}`)
    await transaction.insertInto('sessions').values(row).execute()
    return toSession(row)
  })

  const touch = each(async (transaction, { idHash, now }: { idHash: string; now: number }) => {
    await transaction
      .updateTable('sessions')
      .set({ last_seen_at: now })
      .where('id_hash', '=', idHash)
      .where('last_seen_at', '<=', now - NOTED)
      .execute()
  })

  const remove = each(async (transaction, idHash: string) => {
    const rows = await transaction.deleteFrom('sessions').where('id_hash', '=', idHash).returning('id_hash').execute()
    return rows.length > 0
  })

  const removeOf = each(async (transaction, { user, keep }: { user: string; keep: string }) => {
    const rows = await transaction
      .deleteFrom('sessions')
      .where('user_id', '=', user)
      .where('id_hash', '<>', keep)
      .returning('id_hash')
      .execute()
    return rows.length
  })

  const find = (idHash: string): Promise<Session | undefined> =>
    access.read(async (database) => {
      const row = await database
        .selectFrom('sessions')
        .selectAll()
        .where('id_hash', '=', idHash)
        .where('expires_at', '>', Date.now())
        .executeTakeFirst()
      return row && toSession(row)
    })

  return {
    create: (session) => access.write(create, session),
    find,
    list: (user) =>
      access.read(async (database) => {
        const rows = await database
          .selectFrom('sessions')
          .selectAll()
          .where('user_id', '=', user)
          .where('expires_at', '>', Date.now())
          .orderBy('created_at', 'desc')
          .execute()
        return rows.map(toSession)
      }),
    async touch(idHash) {
      const now = Date.now()
      const session = await find(idHash)
      if (session && session.lastSeenAt <= now - NOTED) await access.write(touch, { idHash, now })
    },
    remove: (idHash) => access.write(remove, idHash),
    removeOf: (user, { keep = '' } = {}) => access.write(removeOf, { user, keep }),
  }
}

function toSession({ id_hash, user_id, created_at, expires_at, last_seen_at }: SessionRow): Session {
  return { idHash: id_hash, user: user_id, createdAt: created_at, expiresAt: expires_at, lastSeenAt: last_seen_at }
}
