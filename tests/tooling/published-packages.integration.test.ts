import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PackedPackage, packAll } from '../../scripts/packages/pack.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

const program = `
import { BotClient, Bridge, discoverBots } from '@botbus/bridge'
import { loadConfig, openBus } from '@botbus/config'
import { type Bus, BotbusError, connectBus } from '@botbus/core'
import { memory } from '@botbus/memory'
import { mqtt } from '@botbus/mqtt'

const bus: Bus = await connectBus(memory())
await bus.serve('sum', (request) => (request as number[]).reduce((a, b) => a + b))
const sum: unknown = await bus.call('sum', [1, 2, 3])
await bus.close()
const imported: unknown[] = [BotClient, Bridge, discoverBots, loadConfig, openBus, BotbusError, mqtt]
console.log(JSON.stringify({ sum, functions: imported.filter((value) => typeof value === 'function').length }))
`

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  strict: true,
  skipLibCheck: false,
  types: ['node'],
  outDir: 'out',
}

/** A project outside of the workspace that has the tarballs installed: no source condition, no workspace links. */
describe('a project that installs the published packages', { timeout: 120_000 }, () => {
  let folder: string
  let packed: PackedPackage[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botbus-consumer-'))
    packed = await packAll(join(folder, 'tarballs'))
    const tarballs = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]))
    const catalog = await readFile(join(root, 'pnpm-workspace.yaml'), 'utf8')
    const nodeTypes = /'@types\/node': (\S+)/.exec(catalog)?.[1] ?? 'latest'
    await write('package.json', {
      type: 'module',
      private: true,
      dependencies: tarballs,
      devDependencies: { '@types/node': nodeTypes },
    })
    // The packages name each other by version, which no registry has yet.
    await write('pnpm-workspace.yaml', { overrides: tarballs })
    await write('tsconfig.json', { compilerOptions, include: ['index.ts'] })
    await writeFile(join(folder, 'index.ts'), program)
    await execa('pnpm', ['install', '--prefer-offline', '--ignore-scripts'], { cwd: folder })
  }, 120_000)

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('compiles against their declarations, checking those too', async () => {
    const { exitCode, stdout } = await execa('tsc', ['-p', folder], {
      preferLocal: true,
      localDir: root,
      reject: false,
    })
    expect(stdout).toBe('')
    expect(exitCode).toBe(0)
  })

  it('runs what it compiled', async () => {
    const { stdout } = await execa(process.execPath, ['out/index.js'], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual({ sum: 6, functions: 7 })
  })

  it('has the programs', async () => {
    const { stdout } = await execa('botbus', ['--help'], { preferLocal: true, localDir: folder })
    expect(stdout).toContain('Usage: botbus')
  })

  it('gets neither tests nor build state, but the licence, in each of them', async () => {
    for (const { name, tarball } of packed) {
      const files = (await execa('tar', ['--list', '--gzip', '--file', tarball])).stdout.split('\n')
      expect(
        files.filter((file) => /\.test\.|tsbuildinfo/.test(file)),
        name,
      ).toEqual([])
      expect(files, name).toContain('package/LICENSE')
    }
  })

  function write(name: string, content: unknown): Promise<void> {
    return writeFile(join(folder, name), JSON.stringify(content, null, 2))
  }
})
