import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Finished, ScriptsCopy } from './scripts-copy.ts'

/** Makes a process believe that its Node is an old one. */
const asNode20 = "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})"

it.each([
  ['botbus', 'cli'],
  ['botbus-server', 'server'],
  ['botbus-paper-bot', 'paper-bot'],
])('%s says which Node it needs, and ends with 4, before it does anything else', async (program, app) => {
  const main = fileURLToPath(new URL(`../../apps/${app}/src/main.ts`, import.meta.url))
  const flags = ['--conditions=@botbus/source', '--import', `data:text/javascript,${asNode20}`]
  const { exitCode, stdout, stderr } = await execa(process.execPath, [...flags, main, '--help'], { reject: false })
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
  expect(stderr).toContain(`${program} needs Node 22.13 or later, this is 20.20.2`)
})

describe.skipIf(process.platform === 'win32')('scripts/brokers on an old Node', () => {
  let copy: ScriptsCopy
  beforeEach(async () => {
    copy = await ScriptsCopy.make()
    await program(
      join(copy.folder, 'old', 'node'),
      `exec '${process.execPath}' --import "data:text/javascript,${asNode20}" "$@"`,
    )
  })
  afterEach(() => copy[Symbol.asyncDispose]())

  const brokers = (): Promise<Finished> =>
    copy.run('scripts/brokers', ['--help'], { env: { PATH: `${join(copy.folder, 'old')}:${process.env['PATH']}` } })

  it('names the version and what brings another one', async () => {
    const { exitCode, stdout, stderr } = await brokers()
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^brokers: Node 22\.13 or later is needed, this is 20\.20\.2; npm run setup .*$/)
  })

  it('hands over to the one that setup has brought', async () => {
    const name = process.platform === 'linux' ? `node-linux-${process.arch}` : 'node'
    const folder = join(copy.folder, '.tools', `${name}-24.21.0`, 'node_modules', name, 'bin')
    await program(join(folder, 'node'), `echo handed over\nexec '${process.execPath}' "$@"`)
    const { exitCode, stdout, stderr } = await brokers()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^handed over\nusage: scripts\/brokers up\|down\|status\n/)
  })
})

async function program(path: string, lines: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 })
}
