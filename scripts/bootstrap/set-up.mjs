// Dependencies and build, each skipped when nothing that it depends on has changed.
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { lockName, withLock } from './lock.mjs'
import { bringPackage } from './npm.mjs'
import { manifest, root, tools } from './paths.mjs'
import { runQuietly, step } from './progress.mjs'
import { buildStamp, installStamp, isDone, markDone } from './stamps.mjs'

const pnpmVersion = manifest.packageManager.replace('pnpm@', '')
const quietTurbo = ['--output-logs=errors-only', '--no-update-notifier']

/** Returns the environment for the target: the fitting Node and the pinned pnpm come first on PATH. */
export async function setUp(node, { build }) {
  if (!isSetUp(build)) {
    await withLock(lockName('set-up'), async () => {
      await bringPnpm()
      await install(environment(node))
      if (build) await compile(node, environment(node))
    })
  }
  return environment(node)
}

function isSetUp(build) {
  return isDone('install', installStamp()) && (!build || isDone('build', buildStamp()))
}

async function install(env) {
  if (isDone('install', installStamp())) return
  await step(
    'installing dependencies',
    'Check that this machine reaches the npm registry (npm ping). After a change of dependencies run: pnpm install',
    () => runQuietly('pnpm', ['install', '--frozen-lockfile'], { cwd: root, env: { ...env, CI: 'true' } }),
  )
  markDone('install', installStamp())
}

async function compile(node, env) {
  if (isDone('build', buildStamp())) return
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo')
  await step('building', 'The lines above name the file and the error. To start over: rm -rf .turbo */*/dist', () =>
    runQuietly(node, [turbo, 'run', 'build', ...quietTurbo], {
      cwd: root,
      env: { ...env, TURBO_TELEMETRY_DISABLED: '1' },
    }),
  )
  markDone('build', buildStamp())
}

/** The pinned pnpm: the one on PATH if it is that version, else one under .tools/. */
async function bringPnpm() {
  const installed = await runQuietly('pnpm', ['--version'], { cwd: root }).catch(() => '')
  if (installed.trim() === pnpmVersion) return
  await bringPackage('pnpm', pnpmVersion, (bring) =>
    step(
      `bringing pnpm ${pnpmVersion} into .tools/`,
      `Check that this machine reaches the npm registry (npm ping), or run: npm install --global pnpm@${pnpmVersion}`,
      bring,
    ),
  )
}

function environment(node) {
  const pnpm = join(tools, `pnpm-${pnpmVersion}`, 'node_modules', '.bin')
  const folders = [...(existsSync(pnpm) ? [pnpm] : []), dirname(node), join(root, 'node_modules', '.bin')]
  return { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) }
}
