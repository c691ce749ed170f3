import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

let copy: ScriptsCopy

beforeEach(async () => {
  copy = await ScriptsCopy.make()
})

afterEach(async () => {
  await copy[Symbol.asyncDispose]()
})

describe('the closing lines of .ci/run', () => {
  const log = `noise
 Test Files  2 passed (2)
\u001b[2m      Tests \u001b[22m 5 passed (5)
   Start at  10:00:00
   Duration  1.20s (tests 90%)

conformance  memory
01 echo      ✓
skipped  memory: no network (27)

noise`

  const report = async (): Promise<Finished> => {
    await writeFile(join(copy.folder, 'log'), log)
    return copy.run('node', ['scripts/gate/report.mjs', 'log'])
  }

  it('repeat the table of the transports and what vitest said, and add up its reports', async () => {
    await write('unit', { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1 })
    await write('integration', { numPassedTests: 2, numTodoTests: 1 })
    const { stdout, exitCode } = await report()
    expect(stdout.split('\n')).toEqual([
      'conformance  memory',
      '01 echo      ✓',
      'skipped  memory: no network (27)',
      '',
      ' Test Files  2 passed (2)',
      '      Tests  5 passed (5)',
      '   Start at  10:00:00',
      '   Duration  1.20s (tests 90%)',
      '5 passed, 1 failed, 2 skipped',
    ])
    expect(exitCode).toBe(0)
  })

  it('count a file that could not be loaded as a failed test', async () => {
    await write('unit', { testResults: [{ status: 'failed', assertionResults: [] }] })
    await write('integration', {
      numFailedTests: 1,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }] }],
    })
    expect((await report()).stdout).toMatch(/\n0 passed, 2 failed, 0 skipped$/)
  })

  it('fail when a project gave no report', async () => {
    await write('unit', { numPassedTests: 3 })
    const { stdout, exitCode } = await report()
    expect(stdout).toContain('integration tests gave no report')
    expect(exitCode).toBe(1)
  })

  async function write(project: string, counts: object): Promise<void> {
    const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
    await mkdir(join(copy.folder, '.tools', 'reports'), { recursive: true })
    await writeFile(join(copy.folder, '.tools', 'reports', `${project}.json`), JSON.stringify({ ...none, ...counts }))
  }
})

describe('the gate', () => {
  it('goes on after a failed step, names it and how to run it alone, and fails', async () => {
    await program('tsc', 'echo wrong type >&2; exit 2')
    await program('biome', 'exit 0')
    const { stdout, exitCode } = await copy.run('node', ['scripts/gate.mjs', 'types', 'lint'])
    expect(stdout).toMatch(/lint +passed/)
    expect(stdout).toMatch(/types +FAILED/)
    expect(stdout).toContain('gate: FAILED: types\n  types alone: pnpm typecheck')
    expect(exitCode).toBe(2)
  })

  it('ends with 0 when every step passes', async () => {
    await program('biome', 'exit 0')
    const { stdout, exitCode } = await copy.run('node', ['scripts/gate.mjs', 'lint'])
    expect(stdout).toContain('gate: all passed')
    expect(exitCode).toBe(0)
  })

  it('refuses a step that it does not know', async () => {
    const { stderr, exitCode } = await copy.run('node', ['scripts/gate.mjs', 'everything'])
    expect(stderr).toContain('gate: no step everything; there are: lint types')
    expect(exitCode).toBe(2)
  })

  async function program(name: string, script: string): Promise<void> {
    const bin = join(copy.folder, 'node_modules', '.bin')
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
})
