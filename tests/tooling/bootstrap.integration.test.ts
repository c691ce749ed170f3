import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

const { packageManager } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const pinnedPnpm: string = packageManager.replace('pnpm@', '')

describe('npm run setup', () => {
  let copy: ScriptsCopy

  beforeEach(async () => {
    copy = await ScriptsCopy.make()
    await file('pnpm-lock.yaml', '')
    await file('pnpm-workspace.yaml', '')
    await file('tsconfig.base.json', '{}')
  })

  afterEach(async () => {
    await copy[Symbol.asyncDispose]()
  })

  it('says what to do when the registry cannot be reached', async () => {
    const { stderr, stdout, exitCode } = await setup({
      npm_config_registry: 'http://127.0.0.1:1',
      npm_config_fetch_retries: '0',
    })
    expect(stderr).toMatch(/bringing pnpm \S+ into \.tools\/: failed/)
    expect(stderr).toContain('ECONNREFUSED')
    expect(stderr).toContain('Check that this machine reaches the npm registry (npm ping)')
    expect(stdout).toBe('')
    expect(exitCode).toBe(1)
  })

  it('installs and builds once, again when a source or the lockfile changed, and is quiet otherwise', async () => {
    await fakeTools()
    await file('packages/core/package.json', '{}')
    await file('packages/core/tsconfig.json', '{}')
    await file('packages/core/src/index.ts', '')
    expect(await steps()).toEqual(['installing dependencies', 'building'])
    expect(await steps()).toEqual([])
    await file('packages/core/src/more.ts', '')
    expect(await steps()).toEqual(['building'])
    await file('packages/core/src/more.test.ts', '')
    expect(await steps()).toEqual([])
    await file('pnpm-lock.yaml', 'changed: true')
    expect(await steps()).toEqual(['installing dependencies'])
  })

  it('does a step again that failed', async () => {
    await fakeTools()
    await program('bin/pnpm', `case $1 in --version) echo $PNPM_VERSION;; *) echo "no space left" >&2; exit 1;; esac`)
    const { stderr, exitCode } = await setup()
    expect(stderr).toContain('no space left')
    expect(exitCode).toBe(1)
    await fakeTools()
    expect(await steps()).toEqual(['installing dependencies', 'building'])
  })

  /** A pnpm and a turbo that only leave behind what the real ones would. */
  async function fakeTools(): Promise<void> {
    const install = 'mkdir -p node_modules && touch node_modules/.modules.yaml'
    await program('bin/pnpm', `case $1 in --version) echo $PNPM_VERSION;; *) ${install};; esac`)
    const turbo = "import { mkdirSync } from 'node:fs'\nmkdirSync('packages/core/dist', { recursive: true })\n"
    await file('node_modules/turbo/bin/turbo', turbo)
    await file('node_modules/turbo/package.json', '{ "type": "module" }')
  }

  async function steps(): Promise<string[]> {
    const { stderr, exitCode } = await setup()
    expect(exitCode, stderr).toBe(0)
    return [...stderr.matchAll(/^botbus: (.+): done/gm)].map(([, title]) => title ?? '')
  }

  function setup(env: Record<string, string> = {}): Promise<Finished> {
    // No tool of this machine but what the script needs itself.
    const path = [join(copy.folder, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':')
    return copy.run(process.execPath, ['scripts/bootstrap/run.mjs', 'setup'], {
      extendEnv: false,
      env: { PATH: path, HOME: copy.folder, PNPM_VERSION: pinnedPnpm, ...env },
    })
  }

  async function program(path: string, script: string): Promise<void> {
    await file(path, `#!/bin/sh\n${script}\n`)
  }

  async function file(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(copy.folder, path)), { recursive: true })
    await writeFile(join(copy.folder, path), text, { mode: 0o755 })
  }
})
