import type { NewUser, User, Users } from '../accounts.ts'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import type { Writing } from '../database/engine.ts'
import type { UserRow } from '../database/tables.ts'
import { toText } from '../database/values.ts'
import { keyOf, taken, toName } from './names.ts'
import { fromScopes, toScopes } from './scopes.ts'

interface Change {
  readonly id: string
  readonly columns: Partial<Pick<UserRow, 'password_hash' | 'scopes'>>
  readonly keep: string
}

export function createUsers(access: Access, nextId: () => string): Users {
  const create = each((transaction, user: NewUser) => insertUser(transaction, user, nextId()))

  const update = each(async (transaction, { id, columns, keep }: Change) => {
    const row = await transaction
      .updateTable('users')
      .set(columns)
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst()
    if (row && columns.password_hash !== undefined) {
      await transaction.deleteFrom('sessions').where('user_id', '=', id).where('id_hash', '<>', keep).execute()
    }
    return row !== undefined
  })

  const remove = each(async (transaction, id: string) => {
    const row = await transaction.deleteFrom('users').where('id', '=', id).returning('id').executeTakeFirst()
    return row !== undefined
  })

  const findBy = (column: 'id' | 'name_key', value: string): Promise<User | undefined> =>
    access.read(async (database) => {
      const row = await database.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst()
      return row && toUser(row)
    })

  return {
    create: (user) => access.write(create, user),
    get: (id) => findBy('id', id),
    findByName: (name) => findBy('name_key', keyOf(name)),
    list: () =>
      access.read(async (database) => {
        const rows = await database.selectFrom('users').selectAll().orderBy('name_key').execute()
        return rows.map(toUser)
      }),
    count: () => access.read(countUsers),
    async update(id, { passwordHash, scopes }, { keep = '' } = {}) {
      const columns = {
        ...(passwordHash === undefined ? {} : { password_hash: toText(passwordHash, 'passwordHash') }),
        ...(scopes === undefined ? {} : { scopes: toScopes(scopes) }),
      }
      if (Object.keys(columns).length === 0) return (await findBy('id', id)) !== undefined
      return access.write(update, { id, columns, keep })
    },
    remove: (id) => access.write(remove, id),
  }
}

export async function countUsers(database: Pick<Writing, 'selectFrom'>): Promise<number> {
  const { count } = await database
    .selectFrom('users')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Throws `INVALID_ARGUMENT`, having changed nothing, when the name cannot be given. */
export async function insertUser(transaction: Writing, user: NewUser, id: string): Promise<User> {
  const name = toName(user.name)
  const row: UserRow = {
    id,
    ...name,
    password_hash: toText(user.passwordHash, 'passwordHash'),
    scopes: toScopes(user.scopes),
    created_at: Date.now(),
  }
  const other = await transaction
    .selectFrom('users')
    .select('id')
    .where('name_key', '=', name.name_key)
    .executeTakeFirst()
  if (other) throw taken(name.name)
  await transaction.insertInto('users').values(row).execute()
  return toUser(row)
}

function toUser({ id, name, password_hash, scopes, created_at }: UserRow): User {
  return { id, name, passwordHash: password_hash, scopes: fromScopes(scopes), createdAt: created_at }
}
