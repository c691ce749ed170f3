import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, it } from 'vitest'

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
