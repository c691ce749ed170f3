// What was done last, and from what: a step is skipped while the hash of its inputs stands.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, tools } from './paths.mjs'

const workspaceFolders = ['packages', 'plugins', 'apps']
const file = (name) => join(tools, 'stamps', name)

export function isDone(name, stamp) {
  return stamp !== undefined && existsSync(file(name)) && readFileSync(file(name), 'utf8') === stamp
}

export function markDone(name, stamp) {
  mkdirSync(join(tools, 'stamps'), { recursive: true })
  writeFileSync(file(name), stamp ?? '')
}

/** Contents of everything that decides what is installed; `undefined` when it is not installed. */
export function installStamp() {
  if (!existsSync(join(root, 'node_modules', '.modules.yaml'))) return undefined
  const hash = createHash('sha256')
  const manifests = packages().map((folder) => join(folder, 'package.json'))
  for (const path of [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    join(root, 'package.json'),
    ...manifests,
  ]) {
    hash.update(`${path}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** Names, sizes and times of all sources: cheap enough for every start. `undefined` when a package has no output. */
export function buildStamp() {
  const hash = createHash('sha256')
  for (const folder of packages()) {
    if (!existsSync(join(folder, 'dist'))) return undefined
    for (const path of [join(folder, 'package.json'), join(folder, 'tsconfig.json'), ...sources(join(folder, 'src'))]) {
      const { size, mtimeMs } = statSync(path)
      hash.update(`${path} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.update(readFileSync(join(root, 'tsconfig.base.json'))).digest('hex')
}

function packages() {
  return workspaceFolders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .sort()
}

function sources(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.test.ts') ? [] : [path]
  })
}
