import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BotClient } from '@botbus/bridge'
import { loadConfig, openBus } from '@botbus/config'
import { startEmbeddedBroker } from '@botbus/server'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMosquitto } from '../../scripts/broker/mosquitto/mosquitto.mjs'
import { PaperBotProcess } from '../support/paper-bot-process.ts'
import { BROKER_KINDS, brokerOf, type TestBroker } from '../support/test-broker.ts'
import { commandTables, countFences, type Sample, samples } from './samples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = ['--conditions=@botbus/source', '--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const all = samples(root)
const named = (sample: Sample): [string, Sample] => [`${sample.file}:${sample.line}`, sample]
const inLanguage = (...languages: string[]): [string, Sample][] =>
  all.filter(({ language }) => languages.includes(language)).map(named)

/** The programs that samples call, by the name under which a package installs them. */
const PROGRAMS = { botbus: 'apps/cli', 'botbus-paper-bot': 'apps/paper-bot', 'botbus-server': 'apps/server' }
const BOTS = ['alpha', 'beta', 'testbot']
const STRATEGY = ['--strategy', 'conf_pure_mm_1', '--start']

/** Commands that take the whole machine: `scripts/start` has tests of its own, and this test is part of `npm test`. */
const COVERED_ELSEWHERE = new Set(['npm start', 'npm test'])
const isInstall = (line: string): boolean =>
  /^(npm install|npm i|pnpm add) (@botbus\/[\w-]+|botbus)( (@botbus\/)?[\w-]+)*$/.test(line)

/** Runs a sample that is a test file, with the settings of the project's own tests. */
function vitest(program: string): string[] {
  const config = join(dirname(program), 'vitest.config.mjs')
  const lines = [
    "import base from '../../vitest.config.ts'",
    'const { projects: _, ...test } = base.test',
    "export default { ...base, test: { ...test, include: ['*.test.ts'] } }",
  ]
  writeFileSync(config, lines.join('\n'))
  const root = ['--root', dirname(program), '--config', config]
  return [join(dirname(program), '../../node_modules/vitest/vitest.mjs'), 'run', ...root, basename(program)]
}

describe('samples in Markdown files', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>
  let bots: PaperBotProcess[] = []
  let environment: NodeJS.ProcessEnv
  const folder = mkdtempSync(join(tmpdir(), 'botbus-docs-'))
  /** Inside the project, so that `@botbus/...` is found. */
  const programs = join(root, '.tools', 'samples')

  beforeAll(async () => {
    broker = await startMosquitto()
    for (const [name, app] of Object.entries(PROGRAMS)) {
      const shim = join(folder, name)
      writeFileSync(
        shim,
        `#!/bin/sh\nexec '${process.execPath}' ${source.join(' ')} '${root}/${app}/src/main.ts' "$@"\n`,
      )
      chmodSync(shim, 0o755)
    }
    mkdirSync(programs, { recursive: true })
    environment = {
      ...process.env,
      // Any free one: samples may run beside a server.
      BOTBUS_HTTP_PORT: '0',
      BOTBUS_BROKER: broker.url,
      BOTBUS_PORT: String(await freePort()),
      PATH: `${folder}${delimiter}${process.env['PATH']}`,
    }
    bots = await Promise.all(BOTS.map((id) => PaperBotProcess.start(id, broker.url, ...STRATEGY)))
  })

  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot[Symbol.asyncDispose]()))
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
    rmSync(programs, { recursive: true, force: true })
  })

  it('are all found, and all checked but plain text', () => {
    expect(all).toHaveLength(countFences(root) / 2)
    const unchecked = all.filter(({ language }) => !['ts', 'bash', 'sh', 'yaml', 'json', 'text'].includes(language))
    expect(unchecked).toEqual([])
  })

  it.each(inLanguage('ts'))(
    '%s runs and ends',
    async (name, { text }) => {
      const isTest = text.includes("'@botbus/conformance'")
      const program = join(programs, `${name.replaceAll(/\W/g, '-')}${isTest ? '.test' : ''}.ts`)
      writeFileSync(program, text)
      await using own = await brokerOfPage(name)
      const result = await execa(process.execPath, isTest ? vitest(program) : [...source, program], {
        env: own ? { ...environment, BOTBUS_BROKER: own.url } : environment,
        reject: false,
        timeout: isTest ? 150_000 : 40_000,
      })
      expect(result, result.stderr).toMatchObject({ exitCode: 0 })
      expect(result.stderr).not.toMatch(/Warning/)
    },
    160_000,
  )

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

  it.each([...inLanguage('bash', 'sh'), ...commandTables(root).map(named)])(
    '%s runs',
    async (_, { text }) => {
      await startBots()
      for (const line of text
        .split('\n')
        .filter((candidate) => candidate.trim() !== '' && !candidate.startsWith('#'))) {
        const command = line.replace(/\s+#.*$/, '').trim()
        if (COVERED_ELSEWHERE.has(command) || isInstall(command)) continue
        const local = command
          .replaceAll(/npm run -s botbus -- |pnpm botbus /g, 'botbus ')
          .replaceAll('npx ', '')
          .replaceAll('mqtt://127.0.0.1:1883', broker.url)
        expect(local, `${command}: not a program of ours, and no other test is known to run it`).toMatch(/\bbotbus[ -]/)
        const { code, stderr } = await runLine(local)
        expect(code, `${command}: ${stderr}`).toBe(0)
      }
    },
    240_000,
  )

  it.each(inLanguage('yaml'))('%s is a valid configuration or strategy', async (name, { text }) => {
    const file = `${name.replaceAll(/\W/g, '-')}.yml`
    writeFileSync(join(folder, file), text)
    if (text.startsWith('strategy:')) {
      await using _ = await PaperBotProcess.start('sample', broker.url, '--strategies', folder, '--strategy', file)
    } else {
      await expect(loadConfig({ file: join(folder, file), env: {} })).resolves.toBeDefined()
    }
  })

  it.each(inLanguage('json'))('%s is valid JSON', (_, { text }) => {
    expect(JSON.parse(text)).toBeDefined()
  })

  /** The page of a transport has samples for its own kind of broker. */
  async function brokerOfPage(name: string): Promise<TestBroker | undefined> {
    const kind = BROKER_KINDS.find((candidate) => name.startsWith(`packages/transport-${candidate}/`))
    return kind && brokerOf(kind)
  }

  /** Runs a line of shell. A stream that never ends is interrupted after its first line, which counts as 0. */
  async function runLine(line: string): Promise<{ code: number | null; stderr: string }> {
    const endless = / -f\b| --watch\b|\bbotbus (serve|sub)\b(?!.*--count)|\bbotbus-/.test(line)
    const child = spawn('bash', ['-c', line], { cwd: folder, env: environment, detached: true })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.stdout.resume()
    const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
    if (!endless) return { code: await closed, stderr }
    const started = line.includes('botbus serve') ? 'stderr' : 'stdout'
    await Promise.race([new Promise((resolve) => child[started].once('data', resolve)), closed])
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
    const code = await closed
    return { code: code === 130 || child.signalCode === 'SIGINT' ? 0 : (code ?? 1), stderr }
  }

  /** Samples stop bots: the next one finds them running. */
  async function startBots(): Promise<void> {
    await using bus = await openBus(broker.url)
    for (const id of BOTS) {
      const bot = new BotClient(bus, id)
      // Refused where it runs already.
      await bot.start({ async_backend: false })
      expect(await bot.status()).toMatchObject({ status: 200 })
    }
  }

  /** A port that was free a moment ago. */
  async function freePort(): Promise<number> {
    await using probe = await startEmbeddedBroker({ port: 0 })
    return probe.port
  }
})
