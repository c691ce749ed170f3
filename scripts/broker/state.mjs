// What `scripts/brokers up` has started, for `down` and `status`.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tools } from '../bootstrap/paths.mjs'

const file = join(tools, 'brokers.json')

export function readState() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw new Error(`${file} cannot be read (${error.message}); delete it, and end its brokers yourself`)
  }
}

export function writeState(state) {
  if (Object.keys(state).length === 0) return rmSync(file, { force: true })
  mkdirSync(tools, { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}
