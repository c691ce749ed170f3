import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '@botbus/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliResult, runCli } from '../../test/cli-process.ts'

let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botbus-audit-'))
  file = join(folder, 'botbus.db')
  await using store = await openStore(`sqlite:${file}`)
  for (const target of ['1', '2', '3']) {
    await store.audit.append({
      actor: 'user:ada',
      action: 'dead-letter.replay',
      target,
      detail: { token: 'abc', by: '\u001b[31m' },
    })
  }
})

afterEach(() => rm(folder, { recursive: true }))

const audit = (...args: string[]): Promise<CliResult> =>
  runCli(['audit', ...args], { env: { BOTBUS_STORE: `sqlite:${file}` }, cwd: folder })

async function head(): Promise<string> {
  const { head } = JSON.parse((await audit('verify')).stdout) as { head: string }
  return head
}

function change(statement: string): void {
  const database = new DatabaseSync(file)
  database.exec(statement)
  database.close()
}

describe('audit verify', () => {
  it('ends with 0, and prints how many entries there are and the head', async () => {
    const { stdout, exitCode } = await audit('verify')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ entries: 3, head: expect.stringMatching(/^[0-9a-f]{64}$/), isWhole: true })
    expect((await audit('verify', '-o', 'table')).stdout).toContain('3 entries, all as written')
  })

  it.each([
    ['changed', `update audit set actor = 'user:eve' where sequence = 2`],
    ['taken out', 'delete from audit where sequence = 2'],
  ])('ends with 1, and names the place, when an entry was %s', async (_, statement) => {
    change(statement)
    const { stdout, stderr, exitCode } = await audit('verify')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ entries: 1, brokenAt: 2, isWhole: false })
    expect(stderr).toContain('entry 2')
  })

  it('ends with 1 when the end was cut off, and an earlier head is given', async () => {
    const known = await head()
    expect(await audit('verify', '--head', known)).toMatchObject({ exitCode: 0 })
    change('delete from audit where sequence = 3')
    expect(await audit('verify')).toMatchObject({ exitCode: 0 })
    expect(await audit('verify', '--head', known)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('without the given head'),
    })
  })

  it('changes nothing, and reads beside a server that writes', async () => {
    await using store = await openStore(`sqlite:${file}`)
    expect(JSON.parse((await audit('verify')).stdout)).toMatchObject({ entries: 3 })
    await store.audit.append({ actor: 'local', action: 'x' })
    expect(JSON.parse((await audit('verify')).stdout)).toMatchObject({ entries: 4 })
  })

  it('ends with 4 for a database that is not there, and does not make it', async () => {
    const env = { BOTBUS_STORE: `sqlite:${join(folder, 'none.db')}` }
    for (let time = 0; time < 2; time++) {
      expect(await runCli(['audit', 'verify'], { env })).toMatchObject({ exitCode: 4, stdout: '' })
    }
  })

  it('ends with 4 for what is no head', async () => {
    expect(await audit('verify', '--head', 'abc')).toMatchObject({ exitCode: 4 })
  })

  it('reads the store that the configuration file names', async () => {
    const config = join(folder, 'own.yaml')
    await writeFile(config, 'store: sqlite:./botbus.db\n')
    expect(await runCli(['audit', 'verify', '--config', config])).toMatchObject({ exitCode: 0 })
  })
})

describe('audit ls', () => {
  it('lists who did what, newest first, without secrets', async () => {
    const { stdout, exitCode } = await audit('ls', '--limit', '2')
    expect(exitCode).toBe(0)
    const entries = JSON.parse(stdout) as { sequence: number; at: string; actor: string }[]
    expect(entries.map(({ sequence }) => sequence)).toEqual([3, 2])
    expect(entries[0]).toMatchObject({ actor: 'user:ada', at: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(stdout).not.toContain('abc')
    expect(JSON.parse((await audit('ls', '--before', '2')).stdout)).toMatchObject([{ sequence: 1 }])
  })

  it('shows people a table that cannot control their terminal', async () => {
    const { stdout } = await audit('ls', '-o', 'table')
    expect(stdout).toMatch(/^SEQUENCE +TIME +ACTOR/)
    expect(stdout).not.toContain('\u001b')
  })
})
