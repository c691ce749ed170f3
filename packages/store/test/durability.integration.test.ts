import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Acceptance } from '@botbus/plugin'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { startPostgresql } from '../../../scripts/broker/postgresql/postgresql.mjs'
import { authority, certificate } from '../../../tests/support/certificates.ts'
import { openStore } from '../src/index.ts'
import { openPostgresql } from '../src/postgresql/open-postgresql.ts'
import { hasBetterSqlite3 } from '../src/sqlite/open-native.ts'
import { openSqlite } from '../src/sqlite/open-sqlite.ts'
import { entry } from './support/samples.ts'

const drivers = hasBetterSqlite3 ? (['node:sqlite', 'better-sqlite3'] as const) : (['node:sqlite'] as const)

describe('a commit is on disk when it is acknowledged', () => {
  it.each(drivers)('on SQLite by %s', async (driver) => {
    const folder = mkdtempSync(join(tmpdir(), 'botbus-durability-'))
    const engine = await openSqlite(join(folder, 'botbus.db'), { driver })
    try {
      const read = async (name: string): Promise<unknown[]> => {
        const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(engine.writer)
        return rows.flatMap((row) => Object.values(row))
      }
      expect(await read('journal_mode')).toEqual(['wal'])
      // FULL
      expect(await read('synchronous')).toEqual([2])
      expect(await read('foreign_keys')).toEqual([1])
      const writing = sql`create table x (y text)`.execute(engine.reader)
      await expect(writing).rejects.toThrow()
    } finally {
      await engine.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('on PostgreSQL, also where the server has another default', async () => {
    await using server = await startPostgresql({ config: ['synchronous_commit = off'] })
    const engine = await openPostgresql(server.url, () => undefined)
    try {
      const { rows } = await sql`show synchronous_commit`.execute(engine.writer)
      expect(rows).toEqual([{ synchronous_commit: 'on' }])
    } finally {
      await engine.close()
    }
  })
})

describe('a store on PostgreSQL', () => {
  it('rejects with NOT_CONNECTED while the server is away, and works again when it is back', async () => {
    await using server = await startPostgresql()
    const errors: Error[] = []
    await using store = await openStore(server.url, { onError: (error) => errors.push(error) })
    const { inbox } = store.forPlugin('p')
    await inbox.accept(entry())
    await server.kill()
    const away = expect.objectContaining({ code: 'NOT_CONNECTED' })
    await expect(inbox.accept(entry())).rejects.toEqual(away)
    await expect(inbox.list()).rejects.toEqual(away)
    await expect(store.ping()).rejects.toEqual(away)
    await server.start()
    await store.ping()
    expect(await inbox.accept(entry())).toMatchObject({ status: 'stored' })
    expect(await inbox.list()).toHaveLength(2)
    for (const error of errors) expect(error).toEqual(away)
  })

  it('waits no longer than 10 s for another server that hangs in a transaction', async () => {
    await using server = await startPostgresql()
    await using store = await openStore(server.url)
    const engine = await openPostgresql(server.url, () => undefined)
    const answer = Promise.withResolvers<Acceptance>()
    const hanging = engine.writer.transaction().execute(async (transaction) => {
      await engine.lock(transaction)
      store.forPlugin('p').inbox.accept(entry()).then(answer.resolve, answer.reject)
      // It goes on only when the other one is done: the server must end its session.
      await answer.promise
    })
    await expect(hanging).rejects.toThrow()
    expect(await answer.promise).toMatchObject({ status: 'stored' })
    await engine.close()
  })

  it('signs in over TLS, and tells a wrong password from a server that is away', async () => {
    const ca = await authority('ca')
    const folder = mkdtempSync(join(tmpdir(), 'botbus-ca-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, ca.cert)
    const users = [{ username: 'botbus', password: 'p%w' }]
    await using server = await startPostgresql({ users, tls: await certificate(ca, 'localhost') })
    const urlWith = (password: string, options: string): string =>
      server.url.replace('botbus@', `botbus:${encodeURIComponent(password)}@`).concat(options)
    const verified = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`
    try {
      await using store = await openStore(urlWith('p%w', verified))
      expect(await store.forPlugin('p').inbox.accept(entry())).toMatchObject({ status: 'stored' })
      await expect(openStore(urlWith('wrong', verified))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
      await expect(openStore(urlWith('p%w', ''))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
      const unknown = openStore(urlWith('p%w', '?sslmode=verify-full'))
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
