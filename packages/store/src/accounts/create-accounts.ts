import { timingSafeEqual } from 'node:crypto'
import { BotbusError } from '@botbus/core'
import type { Accounts, NewUser, User } from '../accounts.ts'
import type { Access } from '../database/access.ts'
import { each } from '../database/each.ts'
import { toText } from '../database/values.ts'
import { createSessions } from './sessions.ts'
import { createTokens } from './tokens.ts'
import { countUsers, createUsers, insertUser } from './users.ts'

const SETUP = 'setup-token'

interface FirstUser {
  readonly tokenHash: string
  readonly user: NewUser
}

export function createAccounts(access: Access, nextId: () => string): Accounts {
  const setSetupTokenHash = each(async (transaction, tokenHash: string) => {
    if ((await countUsers(transaction)) > 0) {
      throw new BotbusError('INVALID_ARGUMENT', 'there are users already: nothing is left to set up')
    }
    await transaction
      .insertInto('settings')
      .values({ key: SETUP, value: tokenHash })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: tokenHash }))
      .execute()
  })

  const createFirstUser = each(async (transaction, { tokenHash, user }: FirstUser): Promise<User | undefined> => {
    const kept = await transaction.selectFrom('settings').select('value').where('key', '=', SETUP).executeTakeFirst()
    if (!kept || !areSame(kept.value, tokenHash) || (await countUsers(transaction)) > 0) return undefined
    const first = await insertUser(transaction, user, nextId())
    await transaction.deleteFrom('settings').where('key', '=', SETUP).execute()
    return first
  })

  return {
    users: createUsers(access, nextId),
    sessions: createSessions(access),
    tokens: createTokens(access, nextId),
    setSetupTokenHash: async (tokenHash) => access.write(setSetupTokenHash, toText(tokenHash, 'tokenHash')),
    createFirstUser: async (tokenHash, user) =>
      access.write(createFirstUser, { tokenHash: toText(tokenHash, 'tokenHash'), user }),
  }
}

function areSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
