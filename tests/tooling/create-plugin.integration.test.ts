import { readFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const conditions = ['@botbus/source', 'module', 'node', 'development|production']

/** The folders that the root's tsconfig.json names. */
function members(): string[] {
  const { references } = JSON.parse(readFileSync(join(repository, 'tsconfig.json'), 'utf8')) as {
    references: { path: string }[]
  }
  return references.map(({ path }) => path)
}

/** Without what this run of vitest tells its workers. */
const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|FORCE_COLOR)/.test(name)),
)

/** A workspace of its own with one plugin: nothing is written into the real one, which may be read-only. */
let copy: ScriptsCopy

beforeEach(async () => {
  copy = await ScriptsCopy.make()
  for (const file of ['tsconfig.json', 'tsconfig.base.json', 'pnpm-workspace.yaml', 'biome.json']) {
    await cp(join(repository, file), join(copy.folder, file))
  }
  for (const folder of members()) {
    await mkdir(join(copy.folder, folder), { recursive: true })
    for (const file of ['package.json', 'tsconfig.json']) {
      await cp(join(repository, folder, file), join(copy.folder, folder, file))
    }
  }
})

afterEach(async () => {
  await copy[Symbol.asyncDispose]()
})

const create = (...args: string[]): Promise<Finished> =>
  copy.run(process.execPath, ['scripts/create-plugin.mjs', ...args])
const read = (path: string): Promise<string> => readFile(join(copy.folder, path), 'utf8')

/** What an install would put there, without a registry: links to what the workspace has installed. */
async function install(folder: string): Promise<void> {
  const packages = { plugin: 'plugin', bridge: 'bot-bridge', core: 'core', memory: 'transport-memory', store: 'store' }
  const modules = {
    ...Object.fromEntries(Object.entries(packages).map(([name, at]) => [`@botbus/${name}`, `packages/${at}`])),
    ...Object.fromEntries(
      ['fastify', 'fastify-type-provider-zod'].map((name) => [name, `packages/plugin/node_modules/${name}`]),
    ),
    ...Object.fromEntries(['vitest', 'typescript', '@types/node'].map((name) => [name, `node_modules/${name}`])),
  }
  for (const [name, at] of Object.entries(modules)) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(await realpath(join(repository, at)), link)
  }
}

describe.each([
  ['in the workspace', 'plugins/daily-report', []],
  ['in a folder of its own', 'elsewhere/report', ['elsewhere/report']],
])('a plugin %s', (_, place, args) => {
  it('has correct types, is formatted, and passes its test', async () => {
    expect(await create('daily-report', ...args)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(place) })
    const folder = join(copy.folder, place)
    await install(folder)
    const config = join(copy.folder, 'vitest.config.mjs')
    await writeFile(
      config,
      `export default ${JSON.stringify({ resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } })}\n`,
    )
    const tested = {
      noEmit: true,
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      rootDir: null,
      customConditions: ['@botbus/source'],
      allowImportingTsExtensions: true,
    }
    await writeFile(
      join(folder, 'tsconfig.all.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: tested,
        include: ['src', 'test'],
        exclude: [],
        references: [],
      }),
    )

    const run = (tool: string, ...rest: string[]): Promise<unknown> =>
      execa(join(repository, 'node_modules/.bin', tool), rest, {
        cwd: folder,
        all: true,
        extendEnv: false,
        env: { ...ownEnvironment, NO_COLOR: '1' },
      })
    await run('tsc', '-p', 'tsconfig.all.json')
    await run(
      'biome',
      'check',
      '--error-on-warnings',
      '--vcs-enabled=false',
      `--config-path=${copy.folder}`,
      'src',
      'test',
      'package.json',
      'tsconfig.json',
    )
    expect(await run('vitest', 'run', '--root', folder, '--config', config, '--reporter=default')).toMatchObject({
      stdout: expect.stringMatching(/Tests +3 passed/),
    })
  })
})

describe('in the workspace', () => {
  it('takes its versions from there, and is compiled with it', async () => {
    const before = await read('tsconfig.json')
    await create('daily-report')
    const manifest = JSON.parse(await read('plugins/daily-report/package.json')) as Record<
      string,
      Record<string, string>
    >
    expect(manifest).toMatchObject({
      name: '@botbus/plugin-daily-report',
      devDependencies: { fastify: 'catalog:' },
      dependencies: { '@botbus/plugin': 'workspace:*' },
    })
    expect(await read('plugins/daily-report/src/index.ts')).toContain("name: 'daily-report'")

    const after = await read('tsconfig.json')
    const line = '    { "path": "plugins/daily-report" },\n'
    expect(after.replace(line, '')).toBe(before)
    expect(after.indexOf(line)).toBeGreaterThan(after.indexOf('plugins/tradingview'))
    expect(() => JSON.parse(after)).not.toThrow()
  })

  it('leaves no word of the template behind', async () => {
    await create('daily-report')
    const files = await readdir(join(copy.folder, 'plugins/daily-report'), { recursive: true, withFileTypes: true })
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
    expect(paths.length).toBeGreaterThan(5)
    for (const path of paths) expect(await readFile(path, 'utf8')).not.toMatch(/__[A-Z]+__/)
  })

  it('is not made a second time', async () => {
    await create('daily-report')
    const before = await read('tsconfig.json')
    expect(await create('daily-report')).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('already') })
    for (const args of [[], ['elsewhere']]) {
      expect(await create('tradingview', ...args)).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('already'),
      })
    }
    expect(await read('tsconfig.json')).toBe(before)
  })
})

it('in a folder of its own has the versions that the workspace has, and changes nothing there', async () => {
  const before = await read('tsconfig.json')
  await create('daily-report', 'elsewhere/report')
  const manifest = JSON.parse(await read('elsewhere/report/package.json')) as Record<string, Record<string, string>>
  expect(Object.values({ ...manifest['dependencies'], ...manifest['devDependencies'] })).toSatisfy(
    (versions: string[]) => versions.every((version) => /^\^\d+\.\d+\.\d+$/.test(version)),
  )
  expect(await read('tsconfig.json')).toBe(before)
})

it.each(['Report', '1st', 'a b', '../up', 'a-', '-a', 'a'.repeat(41), ''])('refuses the name %j', async (name) => {
  const before = await readdir(copy.folder, { recursive: true })
  expect(await create(name)).toMatchObject({ exitCode: 4, stdout: '' })
  expect(await readdir(copy.folder, { recursive: true })).toEqual(before)
})

it('refuses a folder that is not empty', async () => {
  await mkdir(join(copy.folder, 'full'))
  await writeFile(join(copy.folder, 'full', 'mine.txt'), 'mine')
  expect(await create('daily-report', 'full')).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('not empty'),
  })
  expect(await readdir(join(copy.folder, 'full'))).toEqual(['mine.txt'])
})

it('tells how it is used', async () => {
  expect(await create('--help')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Examples:') })
  expect(await create()).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('Usage:') })
})
