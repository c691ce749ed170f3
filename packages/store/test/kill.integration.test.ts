import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { startPostgresql } from '../../../scripts/broker/postgresql/postgresql.mjs'
import { openStore } from '../src/index.ts'
import { assertKept } from './support/assert-kept.ts'
import { KINDS, type TestDatabase } from './support/databases.ts'
import { WriterProcess } from './support/writer-process.ts'

const KILLS = new Map([
  ['SQLite', 50],
  ['PostgreSQL', 10],
])
const kinds = KINDS.filter(({ name }) => KILLS.has(name))

/** One process after the other on the same database, each killed at a moment of its own; all that they acknowledged. */
async function killAgainAndAgain(database: TestDatabase, kills: number): Promise<(readonly string[])[]> {
  const acknowledged: (readonly string[])[] = []
  let head: string | undefined
  for (let kill = 1; kill <= kills; kill++) {
    const writer = new WriterProcess(database.url, String(kill))
    try {
      await writer.prints(randomInt(1, 120))
      // Some moment within a few transactions.
      await delay(randomInt(0, 8))
    } finally {
      await writer.kill()
    }
    acknowledged.push(...writer.lines)
    await using store = await openStore(database.url, database.options)
    const verification = await assertKept(store, database, acknowledged)
    // What was verified before is still the beginning of the chain.
    if (head !== undefined) expect(await store.audit.verify({ expectedHead: head })).toEqual(verification)
    head = verification.head
  }
  return acknowledged
}

describe.each(kinds)('a process that is killed on $name', ({ name, start }) => {
  const kills = KILLS.get(name) ?? 0

  it(`loses nothing that it acknowledged, ${kills} times, and leaves nothing by halves`, async () => {
    const databases = await start()
    const database = await databases.create()
    try {
      const acknowledged = await killAgainAndAgain(database, kills)
      expect(acknowledged.filter(([kind]) => kind === 'ready')).toHaveLength(kills)
      expect(acknowledged.filter(([kind]) => kind === 'refused')).toEqual([])
      expect(acknowledged.length).toBeGreaterThan(kills * 20)
    } finally {
      await database.remove()
      await databases.stop()
    }
  }, 300_000)

  it('leaves a database that can be opened, be it killed while it makes it', async () => {
    const databases = await start()
    try {
      for (let kill = 1; kill <= 6; kill++) {
        const database = await databases.create()
        const writer = new WriterProcess(database.url, String(kill))
        await delay(randomInt(100, 500))
        await writer.kill()
        await using store = await openStore(database.url, database.options)
        await assertKept(store, database, writer.lines)
        await store.close()
        await database.remove()
      }
    } finally {
      await databases.stop()
    }
  }, 300_000)
})

describe('a PostgreSQL server that is killed', () => {
  it('loses nothing that was acknowledged, and the writer goes on when it is back', async () => {
    await using server = await startPostgresql()
    const writer = new WriterProcess(server.url, 'server')
    try {
      for (let kill = 1; kill <= 3; kill++) {
        await writer.prints(randomInt(50, 300))
        await delay(randomInt(0, 8))
        await server.kill()
        await server.start()
        await writer.prints(50)
      }
    } finally {
      await writer.kill()
    }
    await using store = await openStore(server.url)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      const sql: TestDatabase['sql'] = async (statement) => (await client.query(statement)).rows
      await assertKept(store, { sql }, writer.lines)
    } finally {
      await client.end()
    }
    const refusals = writer.lines.filter(([kind]) => kind === 'refused')
    expect(refusals.length).toBeGreaterThan(0)
    expect(new Set(refusals.map(([, code]) => code))).toEqual(new Set(['NOT_CONNECTED']))
  }, 300_000)
})
