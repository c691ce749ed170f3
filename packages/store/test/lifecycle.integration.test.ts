import { describe, expect, it } from 'vitest'
import { openStore, type StoreOptions } from '../src/index.ts'
import { MIGRATIONS, migrate } from '../src/migrations/migrate.ts'
import { openPostgresql } from '../src/postgresql/open-postgresql.ts'
import { openSqlite } from '../src/sqlite/open-sqlite.ts'
import { onEachDatabase } from './support/on-each-database.ts'
import { deadLetter, entry, execution, guard } from './support/samples.ts'

async function openEngine(url: string, options: StoreOptions): ReturnType<typeof openSqlite> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), options)
  return openPostgresql(url, () => undefined)
}

describe('a store', () => {
  onEachDatabase((laboratory) => {
    it('has everything again when it is opened again', async () => {
      const first = await laboratory.open()
      const plugin = first.forPlugin('tradingview')
      const { id } = await plugin.inbox.accept(entry({ guards: [guard('g')], executions: [execution()] }))
      const letter = await plugin.deadLetters.add(deadLetter())
      await plugin.audit.append({ actor: 'local', action: 'x' })
      await first.accounts.users.create({ name: 'ada', passwordHash: 'h', scopes: [] })
      const { head } = await first.audit.verify()
      await first.close()

      const again = (await laboratory.open()).forPlugin('tradingview')
      expect(await again.inbox.accept(entry({ guards: [guard('g')] }))).toEqual({ status: 'duplicate', id })
      expect(await again.executions.open(['pending'])).toMatchObject([{ cause: id }])
      expect(await again.deadLetters.get(letter)).toMatchObject({ code: 'UNREADABLE' })
      const store = await laboratory.open()
      expect(await store.audit.verify()).toEqual({ entries: 1, head })
      expect(await store.accounts.users.count()).toBe(1)
    })

    it('does all that was asked for before it closes, and nothing after', async () => {
      const store = await laboratory.open()
      const { inbox } = store.forPlugin('tradingview')
      const asked = Array.from({ length: 600 }, () => inbox.accept(entry()))
      const closing = store.close()
      await expect(inbox.accept(entry())).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(store.ping()).rejects.toMatchObject({ code: 'CLOSED' })
      await closing
      await store.close()
      expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set(['stored']))
      const again = (await laboratory.open()).forPlugin('tradingview')
      expect(await again.inbox.list({ limit: 1_000 })).toHaveLength(600)
    })

    it('closes the part of one plugin alone', async () => {
      const store = await laboratory.open()
      const [mine, other] = [store.forPlugin('mine'), store.forPlugin('other')]
      const asked = mine.inbox.accept(entry())
      await mine.close()
      expect(await asked).toMatchObject({ status: 'stored' })
      await expect(mine.inbox.list()).rejects.toMatchObject({ code: 'CLOSED' })
      await expect(mine.audit.append({ actor: 'a', action: 'b' })).rejects.toMatchObject({ code: 'CLOSED' })
      expect(await other.inbox.accept(entry())).toMatchObject({ status: 'stored' })
      expect(await store.forPlugin('mine').inbox.list()).toHaveLength(1)
      await store.ping()
    })

    it('fails a write that the database refuses alone, not the others of its turn', async () => {
      const store = await laboratory.open()
      const plugin = store.forPlugin('tradingview')
      await refuseSource('poison', laboratory.database.url, laboratory.database.sql)
      const outcomes = await Promise.allSettled([
        plugin.inbox.accept(entry({ guards: [guard('a')] })),
        plugin.inbox.accept(entry({ source: 'poison', guards: [guard('b')], executions: [execution()] })),
        plugin.deadLetters.add(deadLetter()),
        plugin.inbox.accept(entry({ guards: [guard('b')] })),
        plugin.audit.append({ actor: 'a', action: 'b' }),
        plugin.executions.begin('nobody'),
      ])
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true, false])
      expect(outcomes[1]).toMatchObject({ reason: { code: 'INTERNAL' } })
      expect(outcomes[3]).toMatchObject({ value: { status: 'stored' } })
      expect(await plugin.inbox.list()).toHaveLength(2)
      expect(await plugin.executions.list()).toEqual([])
      expect(await store.audit.verify()).toMatchObject({ entries: 1 })
    })

    it('migrates a database that is older, and keeps what is in it', async () => {
      const { url, options } = laboratory.database
      const engine = await openEngine(url, options)
      const { '0001-journal': journal } = MIGRATIONS
      if (!journal) throw new Error('there is no first migration')
      await migrate(engine, { '0001-journal': journal })
      await engine.close()
      await laboratory.database.sql(
        `insert into alerts_inbox (id, plugin, source, received_at, sender, content) values ('1', 'p', 's', 1, 'x', '{"a":1}')`,
      )
      await expect(openStore(url, { ...options, readOnly: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
      const store = await laboratory.open({ retention: { interval: 0 } })
      expect(await store.forPlugin('p').inbox.get('1')).toMatchObject({ content: { a: 1 } })
      expect(await store.accounts.users.count()).toBe(0)
    })

    it('leaves nothing of a migration that fails', async () => {
      const { url, options } = laboratory.database
      await (await laboratory.open()).close()
      const engine = await openEngine(url, options)
      const broken: (typeof MIGRATIONS)[string] = {
        async up(db) {
          await db.schema.createTable('half').addColumn('id', 'text').execute()
          await db.schema.alterTable('nowhere').addColumn('id', 'text').execute()
        },
      }
      const attempt = migrate(engine, { ...MIGRATIONS, '9999-broken': broken })
      await expect(attempt).rejects.toMatchObject({ code: 'INTERNAL' })
      const tables = (await engine.reader.introspection.getTables()).map(({ name }) => name)
      await engine.close()
      expect(tables).toContain('executions')
      expect(tables).not.toContain('half')
      await (await laboratory.open()).ping()
    })

    it('refuses a database that a newer program wrote, and names what it does not know', async () => {
      await (await laboratory.open()).close()
      await laboratory.database.sql(
        `insert into botbus_migrations (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')`,
      )
      const { url, options } = laboratory.database
      for (const readOnly of [false, true]) {
        const opening = openStore(url, { ...options, readOnly })
        await expect(opening).rejects.toMatchObject({
          code: 'UNSUPPORTED',
          message: expect.stringContaining('9999-later'),
        })
      }
    })

    it('is migrated once where several servers start at once', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, () => laboratory.open()))
      await Promise.all(stores.map((store) => store.forPlugin('p').inbox.accept(entry())))
      expect(await stores[0]?.forPlugin('p').inbox.list()).toHaveLength(4)
      const rows = await laboratory.database.sql('select name from botbus_migrations order by name')
      expect(rows.map(({ name }) => name)).toEqual(Object.keys(MIGRATIONS))
    })

    it('refuses every write, and only those, when it was opened to be read', async () => {
      const plugin = (await laboratory.open()).forPlugin('p')
      await plugin.inbox.accept(entry())
      const store = await laboratory.open({ readOnly: true })
      const reader = store.forPlugin('p')
      expect(await reader.inbox.list()).toHaveLength(1)
      await store.ping()
      for (const write of [
        reader.inbox.accept(entry()),
        reader.executions.begin('x'),
        reader.deadLetters.add(deadLetter()),
        store.accounts.setSetupTokenHash('x'),
      ]) {
        await expect(write).rejects.toMatchObject({ code: 'UNSUPPORTED' })
      }
    })
  })
})

async function refuseSource(source: string, url: string, sql: (statement: string) => Promise<unknown>): Promise<void> {
  if (url.startsWith('sqlite:')) {
    const refusal = `select raise(abort, 'refused') where new.source = '${source}'`
    await sql(`create trigger refuse before insert on alerts_inbox begin ${refusal}; end`)
  } else {
    await sql(`alter table alerts_inbox add check (source <> '${source}')`)
  }
}
