import { describe, expect, it } from 'vitest'
import type { AuditVerification, Store } from '../src/index.ts'
import { onEachDatabase } from './support/on-each-database.ts'

const EMPTY = '0'.repeat(64)

async function fill(store: Store, count: number): Promise<AuditVerification> {
  const { audit } = store.forPlugin('tradingview')
  for (let index = 1; index <= count; index++) {
    await audit.append({ actor: 'user:ada', action: 'bot.start', target: `bot-${index}`, detail: { index } })
  }
  return store.audit.verify()
}

describe('the audit log', () => {
  onEachDatabase((laboratory) => {
    it('numbers entries without gaps, newest first or in order, and keeps them as they were given', async () => {
      const { audit } = await laboratory.open()
      expect(await audit.verify()).toEqual({ entries: 0, head: EMPTY })
      await audit.append({ actor: 'local', action: 'setup' })
      await audit.append({
        actor: 'user:ada',
        action: 'config.apply',
        target: 'alpha',
        detail: { b: [1, { d: 2, c: 'ä\u0000' }], a: null },
      })
      const [second, first] = await audit.list()
      expect(first).toEqual({ sequence: 1, at: first?.at, hash: first?.hash, actor: 'local', action: 'setup' })
      expect(second).toMatchObject({
        sequence: 2,
        target: 'alpha',
        detail: { a: null, b: [1, { c: 'ä\u0000', d: 2 }] },
      })
      expect(await audit.verify()).toEqual({ entries: 2, head: second?.hash })
      expect(await audit.readFrom(1)).toEqual([first, second])
      expect(await audit.readFrom(2)).toEqual([second])
      expect(await audit.list({ before: 2 })).toEqual([first])
      expect(await audit.list({ limit: 1 })).toEqual([second])
    })

    it('is one chain for all plugins and all servers', async () => {
      const stores = await Promise.all([laboratory.open(), laboratory.open()])
      const logs = stores.flatMap((store) => [store.audit, store.forPlugin('a').audit, store.forPlugin('b').audit])
      const records = Array.from({ length: 600 }, (_, index) => ({ actor: `plugin:${index % 6}`, action: `${index}` }))
      await Promise.all(records.map((record, index) => logs[index % 6]?.append(record)))
      const verified = await Promise.all(stores.map((store) => store.audit.verify()))
      expect(verified).toEqual([verified[1], { entries: 600, head: verified[0]?.head }])
      const entries = await stores[0].audit.list({ limit: 1_000 })
      expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 600 }, (_, index) => 600 - index))
      expect(new Set(entries.map(({ action }) => action)).size).toBe(600)
    })

    it('verifies more entries than it reads at once', async () => {
      const { audit } = await laboratory.open()
      await Promise.all(Array.from({ length: 2_500 }, (_, index) => audit.append({ actor: 'a', action: `${index}` })))
      expect(await audit.verify()).toMatchObject({ entries: 2_500 })
      await laboratory.database.sql(`update audit set actor = 'b' where sequence = 2222`)
      expect(await audit.verify()).toMatchObject({ entries: 2_221, brokenAt: 2_222 })
    })

    it.each([
      ['a changed actor', `update audit set actor = 'user:eve' where sequence = 3`, 3],
      ['a changed time', `update audit set at = at - 1 where sequence = 3`, 3],
      ['a target that was taken away', 'update audit set target = null where sequence = 3', 3],
      ['a detail written in another way', `update audit set detail = '{"index": 3}' where sequence = 3`, 3],
      ['a detail that is no JSON', `update audit set detail = 'x' where sequence = 3`, 3],
      ['a changed hash', `update audit set hash = '${'a'.repeat(64)}' where sequence = 3`, 3],
      ['a removed entry', 'delete from audit where sequence = 3', 3],
      ['a removed first entry', 'delete from audit where sequence = 1', 1],
      ['a removed entry, the gap closed', 'update audit set sequence = 3 where sequence = 5', 3],
      ['an entry put in at the end', inserted(6), 6],
      ['an entry put in before the first', inserted(0), 1],
    ])('shows %s', async (name, statement, brokenAt) => {
      const store = await laboratory.open()
      await fill(store, 5)
      if (name.includes('gap closed')) await laboratory.database.sql('delete from audit where sequence in (3, 4)')
      await laboratory.database.sql(statement)
      expect(await store.audit.verify()).toMatchObject({ entries: brokenAt - 1, brokenAt })
      await expect(store.audit.list()).resolves.toHaveLength((await store.audit.readFrom(0)).length)
    })

    it('shows entries whose places were exchanged', async () => {
      const store = await laboratory.open()
      await fill(store, 5)
      await laboratory.database.sql('update audit set sequence = 99 where sequence = 2')
      await laboratory.database.sql('update audit set sequence = 2 where sequence = 3')
      await laboratory.database.sql('update audit set sequence = 3 where sequence = 99')
      expect(await store.audit.verify()).toMatchObject({ entries: 1, brokenAt: 2 })
    })

    it('shows an end that was cut off to those who noted a hash', async () => {
      const store = await laboratory.open()
      const { head } = await fill(store, 5)
      await fill(store, 1)
      expect(await store.audit.verify({ expectedHead: head })).toMatchObject({ entries: 6 })
      expect(await store.audit.verify({ expectedHead: head })).not.toHaveProperty('brokenAt')
      await laboratory.database.sql('delete from audit where sequence >= 5')
      expect(await store.audit.verify()).not.toHaveProperty('brokenAt')
      expect(await store.audit.verify({ expectedHead: head })).toMatchObject({ entries: 4, brokenAt: 5 })
      await laboratory.database.sql('delete from audit')
      expect(await store.audit.verify({ expectedHead: head })).toEqual({ entries: 0, head: EMPTY, brokenAt: 1 })
      expect(await store.audit.verify({ expectedHead: EMPTY })).toEqual({ entries: 0, head: EMPTY })
    })

    it('is verified in a store that may only read, beside the server that writes', async () => {
      const server = await laboratory.open()
      const { head } = await fill(server, 3)
      const reader = await laboratory.open({ readOnly: true })
      expect(await reader.audit.verify({ expectedHead: head })).toEqual({ entries: 3, head })
      await fill(server, 1)
      expect(await reader.audit.verify()).toMatchObject({ entries: 4 })
      expect(await reader.audit.readFrom(4)).toMatchObject([{ sequence: 4, target: 'bot-1' }])
      const writing = reader.audit.append({ actor: 'local', action: 'x' })
      await expect(writing).rejects.toMatchObject({ code: 'UNSUPPORTED' })
      await server.close()
      expect(await reader.audit.verify()).toMatchObject({ entries: 4 })
    })
  })
})

function inserted(sequence: number): string {
  const values = `${sequence}, 1, 'user:eve', 'nothing', null, null, '${'b'.repeat(64)}'`
  return `insert into audit (sequence, at, actor, action, target, detail, hash) values (${values})`
}
