import { describe, expect, it } from 'vitest'
import { onEachDatabase } from './support/on-each-database.ts'
import { deadLetter, entry, execution, guard, HOUR } from './support/samples.ts'

const never = { retention: { interval: 0 } }

describe('clearing away', () => {
  onEachDatabase((laboratory) => {
    it('removes executions that ended long ago with their entries, and keeps what is open or young', async () => {
      const plugin = (await laboratory.open(never)).forPlugin('p')
      const long = Date.now() - 2 * HOUR
      const plan = { receivedAt: long, executions: [execution(), execution()] }
      const accepted = await Promise.all(
        ['ended', 'open', 'young'].map((source) => plugin.inbox.accept(entry({ ...plan, source }))),
      )
      await plugin.inbox.accept(entry({ receivedAt: long, source: 'idle' }))
      await plugin.inbox.accept(entry({ source: 'new' }))
      for (const [index, answer] of accepted.entries()) {
        const [one = '', other = ''] = answer.status === 'stored' ? answer.executions : []
        await plugin.executions.end(one, { status: 'succeeded' })
        if (index !== 1) await plugin.executions.end(other, { status: 'succeeded' })
      }
      const young = accepted[2]?.id
      await laboratory.database.sql(
        `update executions set ended_at = ${long} where status <> 'pending' and cause <> '${young}'`,
      )
      const open = await plugin.executions.open(['pending'])

      const { inbox, executions } = (await laboratory.open({ retention: { age: HOUR, interval: 20 } })).forPlugin('p')
      const sources = async (): Promise<string[]> => (await inbox.list()).map(({ source }) => source).sort()
      await expect.poll(sources).toEqual(['new', 'open', 'young'])
      expect(await executions.list({ cause: accepted[1]?.id ?? '' })).toEqual(open)
      expect(await executions.list()).toHaveLength(3)
    })

    it('removes guards that have run out, many steps in a row, and none that hold', async () => {
      const plugin = (await laboratory.open(never)).forPlugin('p')
      const soon = Date.now() + 300
      const guards = Array.from({ length: 1_600 }, (_, index) => guard(`g${index}`, soon + (index % 7)))
      await plugin.inbox.accept(entry({ guards: [...guards, guard('held')] }))
      await laboratory.open({ retention: { interval: 20 } })
      const keys = (): Promise<readonly unknown[]> => laboratory.database.sql('select key from guards')
      await expect.poll(keys, { timeout: 5_000 }).toEqual([{ key: 'held' }])
      expect(await plugin.inbox.accept(entry({ guards: [guard('held')] }))).toMatchObject({ status: 'duplicate' })
    })

    it('keeps the newest dead letters of each plugin', async () => {
      const store = await laboratory.open(never)
      const [many, few] = [store.forPlugin('many').deadLetters, store.forPlugin('few').deadLetters]
      const ids = await Promise.all(Array.from({ length: 1_200 }, () => many.add(deadLetter())))
      const kept = await Promise.all(Array.from({ length: 10 }, () => few.add(deadLetter())))
      await laboratory.open({ retention: { deadLetters: 10, interval: 20 } })
      const left = async (): Promise<string[]> => (await many.list({ limit: 1_000 })).map(({ id }) => id)
      await expect.poll(left, { timeout: 5_000 }).toEqual(ids.slice(-10).toReversed())
      expect((await few.list()).map(({ id }) => id)).toEqual(kept.toReversed())
    })

    it('removes sessions that have expired', async () => {
      const { users, sessions } = (await laboratory.open({ retention: { interval: 20 } })).accounts
      const { id: user } = await users.create({ name: 'ada', passwordHash: 'h', scopes: [] })
      await sessions.create({ idHash: 'held', user, expiresAt: Date.now() + HOUR })
      await sessions.create({ idHash: 'old', user, expiresAt: Date.now() - 1 })
      const hashes = (): Promise<readonly unknown[]> => laboratory.database.sql('select id_hash from sessions')
      await expect.poll(hashes).toEqual([{ id_hash: 'held' }])
    })
  })
})
