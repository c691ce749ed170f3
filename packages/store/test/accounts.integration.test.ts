import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { HOUR } from './support/samples.ts'

const ada = { name: 'Ada', passwordHash: '$argon2id$x', scopes: ['read', 'operate', 'admin'] }

describe('accounts', () => {
  onEachDatabase((laboratory) => {
    it('keep users by id and by name, without regard to case', async () => {
      const { users } = (await laboratory.open()).accounts
      const before = Date.now()
      const user = await users.create(ada)
      const other = await users.create({ name: 'bob', passwordHash: 'h', scopes: [] })
      expect(user).toEqual({ ...ada, id: user.id, createdAt: user.createdAt })
      expect(user.createdAt).toBeGreaterThanOrEqual(before)
      expect(await users.get(user.id)).toEqual(user)
      expect(await users.findByName(' aDA ')).toEqual(user)
      expect(await users.findByName('eve')).toBeUndefined()
      expect(await users.list()).toEqual([user, other])
      expect(await users.count()).toBe(2)
    })

    it('give a name once, also to two at once', async () => {
      const { users } = (await laboratory.open()).accounts
      const outcomes = await Promise.allSettled([users.create(ada), users.create({ ...ada, name: 'ADA' })])
      expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'INVALID_ARGUMENT' } }])
      await expect(users.create({ ...ada, name: ' ' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      await expect(users.create({ ...ada, name: 'x', scopes: ['a b'] })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      })
    })

    it('end the sessions of a user whose password changes, but for one, and those of one who is removed', async () => {
      const { users, sessions } = (await laboratory.open()).accounts
      const [user, other] = [await users.create(ada), await users.create({ ...ada, name: 'bob' })]
      const expiresAt = Date.now() + HOUR
      for (const idHash of ['a', 'b', 'c']) await sessions.create({ idHash, user: user.id, expiresAt })
      await sessions.create({ idHash: 'o', user: other.id, expiresAt })
      expect(await users.update(user.id, { scopes: ['read'] })).toBe(true)
      expect(await sessions.list(user.id)).toHaveLength(3)
      expect(await users.update(user.id, { passwordHash: 'new' }, { keep: 'b' })).toBe(true)
      expect(await sessions.list(user.id)).toMatchObject([{ idHash: 'b' }])
      expect(await users.get(user.id)).toMatchObject({ passwordHash: 'new', scopes: ['read'] })
      expect(await users.remove(user.id)).toBe(true)
      expect(await sessions.find('b')).toBeUndefined()
      expect(await sessions.find('o')).toMatchObject({ user: other.id })
      expect(await users.remove(user.id)).toBe(false)
      expect(await users.update(user.id, { passwordHash: 'x' })).toBe(false)
      expect(await users.update(user.id, {})).toBe(false)
    })

    it('find a session until it expires or is removed', async () => {
      const { users, sessions } = (await laboratory.open()).accounts
      const { id: user } = await users.create(ada)
      const session = await sessions.create({ idHash: 'a', user, expiresAt: Date.now() + HOUR })
      expect(await sessions.find('a')).toEqual(session)
      expect(session.lastSeenAt).toBe(session.createdAt)
      await sessions.create({ idHash: 'old', user, expiresAt: Date.now() - 1 })
      expect(await sessions.find('old')).toBeUndefined()
      expect(await sessions.list(user)).toEqual([session])
      await sessions.create({ idHash: 'b', user, expiresAt: Date.now() + HOUR })
      expect(await sessions.removeOf(user, { keep: 'b' })).toBe(2)
      expect(await sessions.remove('b')).toBe(true)
      expect(await sessions.remove('b')).toBe(false)
      const nobody = sessions.create({ idHash: 'x', user: 'nobody', expiresAt: Date.now() + HOUR })
      await expect(nobody).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('note the use of a session once a minute', async () => {
      const { users, sessions } = (await laboratory.open()).accounts
      const { id: user } = await users.create(ada)
      const { lastSeenAt } = await sessions.create({ idHash: 'a', user, expiresAt: Date.now() + HOUR })
      await sessions.touch('a')
      expect(await sessions.find('a')).toMatchObject({ lastSeenAt })
      await laboratory.database.sql(`update sessions set last_seen_at = ${lastSeenAt - 60_001}`)
      await sessions.touch('a')
      const touched = await sessions.find('a')
      expect(touched?.lastSeenAt).toBeGreaterThanOrEqual(lastSeenAt)
    })

    it('keep tokens, with what they may touch and until when', async () => {
      const { tokens } = (await laboratory.open()).accounts
      const ci = await tokens.create({
        name: 'ci',
        tokenHash: 'h1',
        scopes: ['read'],
        selector: 'mm-*',
        expiresAt: Date.now() + HOUR,
      })
      const old = await tokens.create({ name: 'a', tokenHash: 'h2', scopes: [], expiresAt: Date.now() - 1 })
      const lasting = await tokens.create({ name: 'z', tokenHash: 'h3', scopes: ['admin'] })
      expect(await tokens.findByHash('h1')).toEqual(ci)
      expect(ci).toMatchObject({ name: 'ci', scopes: ['read'], selector: 'mm-*' })
      expect(await tokens.findByHash('h2')).toBeUndefined()
      expect(await tokens.findByHash('h3')).toEqual(lasting)
      expect(lasting).not.toHaveProperty('expiresAt')
      expect(await tokens.list()).toEqual([old, ci, lasting])
      await tokens.touch(ci.id)
      const used = await tokens.get(ci.id)
      expect(used?.lastUsedAt).toBeGreaterThanOrEqual(ci.createdAt)
      const again = tokens.create({ name: 'CI', tokenHash: 'h4', scopes: [] })
      await expect(again).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await tokens.remove(ci.id)).toBe(true)
      expect(await tokens.remove(ci.id)).toBe(false)
      expect(await tokens.findByHash('h1')).toBeUndefined()
    })

    it('make one first user with the set-up token, of many who try at two servers', async () => {
      const stores = await Promise.all([laboratory.open(), laboratory.open()])
      const [one, other] = stores.map((store) => store.accounts)
      await one?.setSetupTokenHash('void')
      await one?.setSetupTokenHash('hash')
      expect(await other?.createFirstUser('void', ada)).toBeUndefined()
      const attempts = Array.from({ length: 20 }, (_, index) =>
        stores[index % 2]?.accounts.createFirstUser('hash', { ...ada, name: `user-${index}` }),
      )
      const users = (await Promise.all(attempts)).filter((user) => user !== undefined)
      expect(users).toHaveLength(1)
      expect(await other?.users.list()).toEqual(users)
      expect(await one?.createFirstUser('hash', ada)).toBeUndefined()
      await expect(one?.setSetupTokenHash('hash')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    })

    it('keep the set-up token valid when the first user cannot be made', async () => {
      const { accounts } = await laboratory.open()
      await accounts.setSetupTokenHash('hash')
      const wrong = accounts.createFirstUser('hash', { ...ada, name: '' })
      await expect(wrong).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
      expect(await accounts.createFirstUser('hash', ada)).toMatchObject({ name: 'Ada' })
    })
  })
})
