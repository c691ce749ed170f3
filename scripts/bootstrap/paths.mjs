import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
/** Everything that scripts bring or cache; git-ignored, safe to delete. */
export const tools = join(root, '.tools')

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

export const manifest = readJson(join(root, 'package.json'))
