// A Node that fits `engines`: the running one, or one from the npm registry under .tools/.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bringPackage, packageFolder } from './npm.mjs'
import { manifest } from './paths.mjs'
import { step } from './progress.mjs'

export const wantedVersion = manifest.engines.node.replace('>=', '')
const broughtVersion = '24.21.0'
// On Linux the binary is an ordinary package; elsewhere `node` picks it with an install script.
const name = process.platform === 'linux' ? `node-linux-${process.arch}` : 'node'

export async function bringNode() {
  if (fits()) return process.execPath
  const folder = await bringPackage(name, broughtVersion, (install) =>
    step(
      `Node ${process.versions.node} is too old (${wantedVersion} is needed); bringing Node ${broughtVersion} into .tools/`,
      `Check that this machine reaches the npm registry (npm ping), or install Node ${wantedVersion} or later yourself: https://nodejs.org/en/download`,
      install,
    ),
  )
  return binaryIn(folder)
}

/** The one that is here already; `undefined` when it would have to be brought. */
export function findNode() {
  if (fits()) return process.execPath
  const node = binaryIn(packageFolder(name, broughtVersion))
  return existsSync(node) ? node : undefined
}

function binaryIn(folder) {
  const node = join(folder, 'bin', 'node')
  return existsSync(node) ? node : `${node}.exe`
}

function fits() {
  const have = process.versions.node.split('.').map(Number)
  const want = wantedVersion.split('.').map(Number)
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
