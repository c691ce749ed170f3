import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/boundaries.mjs', import.meta.url))
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'botbus-boundaries-'))
  const tools = { vitest: '5', '@botbus/bridge': '*' }
  await addFile('package.json', JSON.stringify({ devDependencies: tools }))
  await addPackage('packages/core', '@botbus/core')
  await addPackage('packages/bot-bridge', '@botbus/bridge', { '@botbus/core': 'workspace:*' })
  await addPackage('packages/transport-mqtt', '@botbus/mqtt', { '@botbus/core': 'workspace:*', mqtt: '5' })
  await addFile('packages/transport-mqtt/src/index.ts', "import '@botbus/core'\nimport { connect } from 'mqtt'\n")
})

afterEach(async () => {
  await rm(root, { recursive: true })
})

it('accepts a transport that imports core and what it declares', async () => {
  const { exitCode, stdout } = await check()
  expect(stdout).toContain('3 packages')
  expect(exitCode).toBe(0)
})

it('refuses a transport that imports the bridge, by name', async () => {
  await addFile('packages/transport-mqtt/src/reach.ts', "\nimport type { Bot } from '@botbus/bridge'\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'packages/transport-mqtt/src/reach.ts:2: @botbus/mqtt (transport) must not import @botbus/bridge (bridge)',
  )
})

it.each([
  ['in its manifest only', 'packages/transport-mqtt/package.json'],
  ['also from a test', 'packages/transport-mqtt/src/reach.test.ts:1'],
])('refuses a transport that depends on the bridge %s', async (_, place) => {
  await addPackage('packages/transport-mqtt', '@botbus/mqtt', { '@botbus/core': '*', '@botbus/bridge': '*', mqtt: '5' })
  await addFile('packages/transport-mqtt/src/reach.test.ts', "const bridge = await import('@botbus/bridge')\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`${place}: @botbus/mqtt (transport) must not import @botbus/bridge (bridge)`)
})

it.each([
  ['a plugin that imports a transport', 'plugins/chart', '@botbus/plugin-chart (plugin) must not import @botbus/mqtt'],
  ['an app that imports another app', 'apps/server', '@botbus/server (app) must not import botbus (app)'],
])('refuses %s', async (_, folder, message) => {
  await addPackage('apps/cli', 'botbus')
  const names: Record<string, string> = { 'plugins/chart': '@botbus/plugin-chart', 'apps/server': '@botbus/server' }
  await addPackage(folder, names[folder] ?? '', { '@botbus/mqtt': '*', botbus: '*' })
  await addFile(`${folder}/src/index.ts`, "export * from '@botbus/mqtt'\nexport * from 'botbus'\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(message)
})

it('lets tests use the test tools that the root declares, but not the code, and no package of the workspace', async () => {
  await addFile('packages/core/src/bus.test.ts', "import 'vitest'\n")
  expect((await check()).exitCode).toBe(0)
  await addFile('packages/core/src/bus.ts', "import 'vitest'\n")
  await addFile('packages/core/src/more.test.ts', "import '@botbus/bridge'\n")
  const { stderr } = await check()
  expect(stderr).toContain(
    'packages/core/src/bus.ts:1: imports vitest, which packages/core/package.json does not declare',
  )
  expect(stderr).toContain('packages/core/src/more.test.ts:1: imports @botbus/bridge, which')
})

it('lets the tests of the bridge use a transport, but not its code', async () => {
  await addPackage('packages/bot-bridge', '@botbus/bridge', { '@botbus/core': '*' }, { '@botbus/mqtt': '*' })
  await addFile('packages/bot-bridge/src/bridge.test.ts', "import '@botbus/mqtt'\n")
  expect((await check()).exitCode).toBe(0)
  await addFile('packages/bot-bridge/src/bridge.ts', "import '@botbus/mqtt'\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain('packages/bot-bridge/src/bridge.ts:1: @botbus/bridge (bridge) must not import @botbus/mqtt')
})

it('refuses an import that the package does not declare', async () => {
  await addFile('packages/core/src/clock.ts', "export { format } from 'date-fns/format'\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'packages/core/src/clock.ts:1: imports date-fns, which packages/core/package.json does not declare',
  )
})

it('refuses a relative import that leaves the package', async () => {
  await addFile('packages/transport-mqtt/src/shortcut.ts', "import '../../bot-bridge/src/index.ts'\n")
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'packages/transport-mqtt/src/shortcut.ts:1: ../../bot-bridge/src/index.ts leaves the package',
  )
})

it('refuses a package that no layer knows', async () => {
  await addPackage('packages/misc', '@botbus/misc')
  const { exitCode, stderr } = await check()
  expect(exitCode).toBe(1)
  expect(stderr).toContain('packages/misc: belongs to no layer')
})

function check() {
  return execa(process.execPath, [script, root], { reject: false })
}

async function addPackage(folder: string, name: string, dependencies = {}, devDependencies = {}): Promise<void> {
  await addFile(`${folder}/package.json`, JSON.stringify({ name, dependencies, devDependencies }))
  await addFile(`${folder}/src/index.ts`, 'export const answer = 42\n')
}

async function addFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
