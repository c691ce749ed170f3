// Packs every public package as it would be published, and has publint and attw read the tarballs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packAll } from './packages/pack.mjs'
import { run } from './run.mjs'

const folder = await mkdtemp(join(tmpdir(), 'botbus-packages-'))
try {
  const packed = await packAll(folder)
  const problems = (await Promise.all(packed.map(check))).flat()
  for (const problem of problems) console.error(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  else console.log(`packages: ${packed.map(({ name }) => name).join(', ')} are fit to be published`)
} catch (error) {
  console.error(`packages: ${error.message}`)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function check({ name, tarball, hasExports }) {
  const checks = [
    ['publint', 'run', tarball, '--strict'],
    // A package of programs only has no types to resolve.
    ...(hasExports
      ? [['attw', tarball, '--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii']]
      : []),
  ]
  const results = await Promise.allSettled(checks.map(([tool, ...args]) => run(tool, args)))
  return results.filter(({ status }) => status === 'rejected').map(({ reason }) => `${name}: ${reason.message}`)
}
