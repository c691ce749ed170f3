import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { layerOf } from './layers.mjs'

const parents = ['packages', 'plugins', 'apps']
/** Packages of their own. */
const single = ['benchmarks']

/** The packages of a workspace: `{ name, folder, layer, manifest, files }`, paths relative to the root. */
export function readWorkspace(root) {
  return parents
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .concat(single)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      return { name: manifest.name, folder, layer: layerOf(folder), manifest, files: sourceFiles(root, folder) }
    })
}

function sourceFiles(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory())
      return ['node_modules', 'dist', '.turbo'].includes(entry.name) ? [] : sourceFiles(root, path)
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : []
  })
}
