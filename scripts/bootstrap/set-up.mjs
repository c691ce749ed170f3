// Dependencies and build, each skipped when nothing that it depends on has changed.
import { delimiter, dirname, join } from 'node:path'
import { lockName, withLock } from './lock.mjs'
import { bringPackage } from './npm.mjs'
import { manifest, root } from './paths.mjs'
import { runQuietly, step } from './progress.mjs'
import { buildStamp, installStamp, isDone, markDone } from './stamps.mjs'

/** Returns the environment for the target: the fitting Node and pnpm come first on PATH. */
export async function setUp(node, { build }) {
  const environment = withPath([dirname(node), join(root, 'node_modules', '.bin')])
  if (isSetUp(build)) return environment
  return withLock(lockName('set-up'), async () => {
    const pnpm = await findPnpm()
    const env = withPath([...(pnpm.folder ? [pnpm.folder] : []), dirname(node), join(root, 'node_modules', '.bin')])
    if (!isDone('install', installStamp())) {
      await step(
        'installing dependencies',
        'Check that this machine reaches the npm registry (npm ping). After a change of dependencies run: pnpm install',
        () => runQuietly(pnpm.path, ['install', '--frozen-lockfile'], { cwd: root, env: { ...env, CI: 'true' } }),
      )
      markDone('install', installStamp())
    }
    if (build && !isDone('build', buildStamp())) {
      await step('building', 'The lines above name the file and the error. To start over: rm -rf .turbo */*/dist', () =>
        runQuietly(node, [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'build', ...quietTurbo], {
          cwd: root,
          env: { ...env, TURBO_TELEMETRY_DISABLED: '1' },
        }),
      )
      markDone('build', buildStamp())
    }
    return env
  })
}

const quietTurbo = ['--output-logs=errors-only', '--no-update-notifier']

function isSetUp(build) {
  return isDone('install', installStamp()) && (!build || isDone('build', buildStamp()))
}

/** The pinned pnpm: the one on PATH if it is that version, else one under .tools/. */
async function findPnpm() {
  const version = manifest.packageManager.replace('pnpm@', '')
  const installed = await runQuietly('pnpm', ['--version'], { cwd: root }).catch(() => '')
  if (installed.trim() === version) return { path: 'pnpm' }
  const folder = await bringPackage('pnpm', version, (install) =>
    step(
      `bringing pnpm ${version} into .tools/`,
      `Check that this machine reaches the npm registry (npm ping), or run: npm install --global pnpm@${version}`,
      install,
    ),
  )
  const bin = join(dirname(folder), '.bin')
  return { path: join(bin, 'pnpm'), folder: bin }
}

function withPath(folders) {
  return { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter) }
}
