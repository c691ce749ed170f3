import type { NewToken, Token, Tokens } from '../accounts.ts'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { TokenRow } from '../database/tables.ts'
import { present, toInstant, toText } from '../database/values.ts'
import { taken, toName } from './names.ts'
import { fromScopes, toScopes } from './scopes.ts'

/** How often a use is written. */
const NOTED = 60_000

export function createTokens(access: Access, nextId: () => string): Tokens {
  const create = each(async (transaction, token: NewToken) => {
    const name = toName(token.name)
    const row: TokenRow = {
      id: nextId(),
      ...name,
      token_hash: toText(token.tokenHash, 'tokenHash'),
      scopes: toScopes(token.scopes),
      selector: token.selector === undefined ? null : toText(token.selector, 'selector'),
      created_at: Date.now(),
      expires_at: token.expiresAt === undefined ? null : toInstant(token.expiresAt, 'expiresAt'),
      last_used_at: null,
    }
    const other = await transaction
      .selectFrom('tokens')
      .select('id')
      .where('name_key', '=', name.name_key)
      .executeTakeFirst()
    if (other) throw taken(name.name)
    await transaction.insertInto('tokens').values(row).execute()
    return toToken(row)
  })

  const touch = each(async (transaction, { id, now }: { id: string; now: number }) => {
    await transaction.updateTable('tokens').set({ last_used_at: now }).where('id', '=', id).execute()
  })

  const remove = each(async (transaction, id: string) => {
    const rows = await transaction.deleteFrom('tokens').where('id', '=', id).returning('id').execute()
    return rows.length > 0
  })

  const get = (id: string): Promise<Token | undefined> =>
    access.read(async (database) => {
      const row = await database.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toToken(row)
    })

  return {
    create: (token) => access.write(create, token),
    get,
    findByHash: (tokenHash) =>
      access.read(async (database) => {
        const row = await database
          .selectFrom('tokens')
          .selectAll()
          .where('token_hash', '=', tokenHash)
          .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', Date.now())]))
          .executeTakeFirst()
        return row && toToken(row)
      }),
    list: () =>
      access.read(async (database) => {
        const rows = await database.selectFrom('tokens').selectAll().orderBy('name_key').execute()
        return rows.map(toToken)
      }),
    async touch(id) {
      const now = Date.now()
      const token = await get(id)
      if (token && (token.lastUsedAt ?? 0) <= now - NOTED) await access.write(touch, { id, now })
    },
    remove: (id) => access.write(remove, id),
  }
}

function toToken(row: TokenRow): Token {
  const { id, name, token_hash, scopes, selector, created_at, expires_at, last_used_at } = row
  return {
    id,
    name,
    tokenHash: token_hash,
    scopes: fromScopes(scopes),
    ...present('selector', selector),
    createdAt: created_at,
    ...present('expiresAt', expires_at),
    ...present('lastUsedAt', last_used_at),
  }
}
