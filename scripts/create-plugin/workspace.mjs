import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether a plugin of the workspace has this name, or would have it. */
export function isTaken(root, name) {
  const plugins = join(root, 'plugins')
  if (!existsSync(plugins)) return false
  return readdirSync(plugins).some((folder) => {
    const manifest = join(plugins, folder, 'package.json')
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === `@botbus/plugin-${name}`
  })
}

/** Adds a line to the references of the root's tsconfig.json, after those of the other plugins; all else stays as it is written. */
export async function addReference(root, folder) {
  const file = join(root, 'tsconfig.json')
  const line = `    { "path": ${JSON.stringify(folder)} }`
  const lines = (await readFile(file, 'utf8')).split('\n')
  const begin = lines.findIndex((candidate) => candidate.includes('"references": ['))
  if (begin === -1) throw new Error(`${file} has no list of references, one on each line`)
  const end = lines.findIndex((candidate, index) => index > begin && candidate.trim().startsWith(']'))
  const lastPlugin = lines.findLastIndex((candidate, index) => index < end && candidate.includes('"plugins/'))
  const after = lastPlugin === -1 ? end - 1 : lastPlugin
  // The last entry of the list has no comma yet.
  if (after > begin) lines[after] = lines[after].replace(/,?$/, ',')
  lines.splice(after + 1, 0, after + 1 === end ? line : `${line},`)
  await writeFile(file, lines.join('\n'))
}
