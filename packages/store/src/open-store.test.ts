import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from './open-store.ts'

const entry = { source: 's', receivedAt: 1, sender: 'x', content: 1, guards: [], executions: [] }

describe('openStore', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'botbus-open-store-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(['', 'botbus.db', 'mysql://127.0.0.1/x', 'sqlite:', 'file:x'])('refuses %j', async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('tells nothing of a refused URL but its scheme', async () => {
    const opening = openStore('mysql://ada:hunter2@host/x')
    await expect(opening).rejects.toThrow(/^(?!.*hunter2).*mysql:/)
  })

  it.each([
    { maxPending: 0 },
    { maxPending: 1.5 },
    { retention: { age: -1 } },
    { retention: { interval: Number.NaN } },
  ])('refuses the options %j', async (options) => {
    await expect(openStore('sqlite::memory:', options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('keeps a database in memory for tests', async () => {
    await using store = await openStore('sqlite::memory:')
    const plugin = store.forPlugin('p')
    const accepted = Array.from({ length: 300 }, () => plugin.inbox.accept(entry))
    expect(await plugin.inbox.list()).toEqual([])
    await Promise.all(accepted)
    expect(await plugin.inbox.list({ limit: 1_000 })).toHaveLength(300)
    await using other = await openStore('sqlite::memory:')
    expect(await other.forPlugin('p').inbox.list()).toEqual([])
  })

  it('makes the folder of the file, and lets nobody else read it', async () => {
    const file = join(folder, 'deep/er/botbus.db')
    await using store = await openStore(`sqlite://${file}`)
    await store.ping()
    const modes = [file, `${file}-wal`, join(folder, 'deep/er')].map((path) => statSync(path).mode & 0o777)
    expect(modes).toEqual([0o600, 0o600, 0o700])
  })

  it('says that there is no database to read, or that it is none', async () => {
    const missing = openStore(`sqlite:${join(folder, 'missing.db')}`, { readOnly: true })
    await expect(missing).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
    const file = join(folder, 'text.db')
    writeFileSync(file, 'this is a text and no database, though it is long enough to be one'.repeat(100))
    await expect(openStore(`sqlite:${file}`)).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(openStore(`sqlite:${folder}`)).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
  })

  it('says that nobody answers where PostgreSQL should be', async () => {
    const opening = openStore('postgresql://ada:hunter2@127.0.0.1:1/x')
    await expect(opening).rejects.toMatchObject({ code: 'NOT_CONNECTED' })
    await expect(opening).rejects.not.toThrow('hunter2')
  })

  it('opens better-sqlite3, or says that this Node is too old for it', async () => {
    const opening = openStore('sqlite::memory:', { driver: 'better-sqlite3' })
    if (Number(process.versions['napi']) < 10) {
      await expect(opening).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    } else {
      await using store = await opening
      expect(await store.forPlugin('p').inbox.accept(entry)).toMatchObject({ status: 'stored' })
    }
  })

  it('refuses a plugin without a name', async () => {
    await using store = await openStore('sqlite::memory:')
    expect(() => store.forPlugin('')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})
