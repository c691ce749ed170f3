import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '@botbus/config'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMosquitto } from '../../scripts/broker/mosquitto.mjs'
import { type Sample, samples } from './samples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const all = samples(root)
const inLanguage = (...languages: string[]): [string, Sample][] =>
  all.filter(({ language }) => languages.includes(language)).map((sample) => [`${sample.file}:${sample.line}`, sample])

/** Commands that another test runs, as they take the whole machine or a network. */
const COVERED_ELSEWHERE = new Map([
  ['npm start', 'scripts/start.integration.test.ts'],
  ['npm test', 'the run that this test is part of'],
  ['npm run setup', 'the bootstrap of npm test'],
])
const isInstall = (line: string): boolean =>
  /^(npm install|npm i|pnpm add) (@botbus\/[\w-]+|botbus)( (@botbus\/)?[\w-]+)*$/.test(line)

describe('samples in Markdown files', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>
  let bots: ChildProcess[] = []
  let environment: NodeJS.ProcessEnv
  const folder = mkdtempSync(join(tmpdir(), 'botbus-docs-'))
  /** Inside the project, so that `@botbus/...` is found. */
  const programs = join(root, '.tools', 'samples')

  beforeAll(async () => {
    broker = await startMosquitto()
    const shim = join(folder, 'botbus')
    writeFileSync(
      shim,
      `#!/bin/sh\nexec '${process.execPath}' ${source.join(' ')} '${root}/apps/cli/src/main.ts' "$@"\n`,
    )
    chmodSync(shim, 0o755)
    mkdirSync(programs, { recursive: true })
    environment = { ...process.env, BOTBUS_BROKER: broker.url, PATH: `${folder}${delimiter}${process.env['PATH']}` }
    bots = await Promise.all(['alpha', 'beta', 'testbot'].map((id) => startPaperBot(id)))
  })

  afterAll(async () => {
    await Promise.all(bots.map((bot) => end(bot)))
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
    rmSync(programs, { recursive: true, force: true })
  })

  it('are found', () => {
    expect(inLanguage('ts').length).toBeGreaterThan(3)
    expect(inLanguage('bash').length).toBeGreaterThan(3)
  })

  it.each(inLanguage('ts'))('%s runs and ends', async (name, { text }) => {
    const program = join(programs, `${name.replaceAll(/\W/g, '-')}.ts`)
    writeFileSync(program, text)
    const result = await execa(process.execPath, [...source, program], {
      env: environment,
      reject: false,
      timeout: 40_000,
    })
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(result.stderr).not.toMatch(/Warning/)
  })

  it('have correct types', async () => {
    for (const [name, { text }] of inLanguage('ts')) {
      writeFileSync(join(programs, `${name.replaceAll(/\W/g, '-')}.ts`), text)
    }
    const options = { noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false }
    const config = {
      extends: '../../tsconfig.base.json',
      include: ['*.ts'],
      compilerOptions: { ...options, isolatedDeclarations: false, noUnusedLocals: false },
    }
    writeFileSync(join(programs, 'tsconfig.json'), JSON.stringify(config))
    const result = await execa('pnpm', ['exec', 'tsc', '-p', programs], { cwd: root, reject: false })
    expect(result.stdout).toBe('')
  })

  it.each(inLanguage('bash', 'sh', 'shell'))(
    '%s runs',
    async (_, { text }) => {
      for (const line of text
        .split('\n')
        .filter((candidate) => candidate.trim() !== '' && !candidate.startsWith('#'))) {
        const command = line.replace(/\s+#.*$/, '').trim()
        if (COVERED_ELSEWHERE.has(command) || isInstall(command)) continue
        const botbus = command.replaceAll(/npm run -s botbus -- |npx botbus |pnpm botbus /g, 'botbus ')
        expect(botbus, `${command}: not a botbus command, and no other test is known to run it`).toMatch(/\bbotbus /)
        const { code, stderr } = await runLine(botbus)
        expect(code, `${command}: ${stderr}`).toBe(0)
      }
    },
    240_000,
  )

  it.each(inLanguage('yaml').filter(([, { text }]) => text.startsWith('# botbus.config') || /^broker:/m.test(text)))(
    '%s is a valid configuration',
    async (name, { text }) => {
      const file = join(folder, `${name.replaceAll(/\W/g, '-')}.yaml`)
      writeFileSync(file, text)
      await expect(loadConfig({ file, env: {} })).resolves.toBeDefined()
    },
  )

  it.each(inLanguage('json'))('%s is valid JSON', (_, { text }) => {
    expect(JSON.parse(text)).toBeDefined()
  })

  /** Runs a line of shell. A stream that never ends is interrupted after its first line, which counts as 0. */
  async function runLine(line: string): Promise<{ code: number | null; stderr: string }> {
    const endless = / -f\b| --watch\b|\bbotbus serve\b|\bbotbus sub\b(?!.*--count)/.test(line)
    const child = spawn('bash', ['-c', line], { cwd: folder, env: environment, detached: true })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdout.resume()
    const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
    if (!endless) return { code: await closed, stderr }
    const started = line.includes('serve') ? 'stderr' : 'stdout'
    await Promise.race([new Promise((resolve) => child[started].once('data', resolve)), closed])
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
    const code = await closed
    return { code: code === 130 || child.signalCode === 'SIGINT' ? 0 : (code ?? 1), stderr }
  }

  async function startPaperBot(id: string): Promise<ChildProcess> {
    const main = join(root, 'apps/paper-bot/src/main.ts')
    const flags = ['--id', id, '--start', '--strategy', 'conf_pure_mm_1', '--feed', 'simulated', '--seed', '7']
    const child = spawn(process.execPath, [...source, main, ...flags], { env: environment, cwd: folder })
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('ready:') && resolve())
      child.once('exit', (code) => reject(new Error(`paper bot ${id} ended with code ${code}`)))
    })
    return child
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    await closed
  }
})
