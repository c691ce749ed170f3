// A Node that fits `engines`: the running one, or one from the npm registry under .tools/.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bringPackage } from './npm.mjs'
import { manifest } from './paths.mjs'
import { step } from './progress.mjs'

const broughtVersion = '24.21.0'

export async function bringNode() {
  const wanted = manifest.engines.node.replace('>=', '')
  if (isAtLeast(process.versions.node, wanted)) return process.execPath
  // On Linux the binary is an ordinary package; elsewhere `node` picks it with an install script.
  const name = process.platform === 'linux' ? `node-linux-${process.arch}` : 'node'
  const folder = await bringPackage(name, broughtVersion, (install) =>
    step(
      `Node ${process.versions.node} is too old (${wanted} is needed); bringing Node ${broughtVersion} into .tools/`,
      `Check that this machine reaches the npm registry (npm ping), or install Node ${wanted} or later yourself: https://nodejs.org/en/download`,
      install,
    ),
  )
  const bin = join(folder, 'bin')
  return existsSync(join(bin, 'node')) ? join(bin, 'node') : join(bin, 'node.exe')
}

function isAtLeast(version, wanted) {
  const have = version.split('.').map(Number)
  const want = wanted.split('.').map(Number)
  for (let i = 0; i < 3; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
