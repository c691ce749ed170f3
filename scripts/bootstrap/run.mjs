// Entry of `npm start`, `npm test`, `npm run setup`, `npm run botbus` and `npm run bench`: brings what is missing, then runs the target.
// Plain JavaScript without dependencies: it must run on Node 18, before anything is installed.
import { join } from 'node:path'
import { bringNode } from './node.mjs'
import { root } from './paths.mjs'
import { StepError } from './progress.mjs'
import { runTarget } from './run-target.mjs'
import { setUp } from './set-up.mjs'

const targets = {
  start: { script: 'scripts/start.mjs' },
  test: { script: 'scripts/gate.mjs', build: false },
  setup: {},
  // Paths on the command line are those of the caller's folder, not of the repository.
  botbus: { script: 'apps/cli/dist/main.js', cwd: process.env.INIT_CWD },
  bench: {
    script: 'benchmarks/src/main.ts',
    cwd: process.env.INIT_CWD,
    flags: ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'],
  },
}

const [name, ...args] = process.argv.slice(2)
const target = targets[name]
if (!target) {
  console.error(`usage: node scripts/bootstrap/run.mjs ${Object.keys(targets).join('|')} [ARGS]`)
  process.exit(2)
}

try {
  const node = await bringNode()
  const environment = await setUp(node, { build: target.build ?? true })
  if (target.script) {
    process.exitCode = await runTarget(node, [...(target.flags ?? []), join(root, target.script), ...args], {
      env: environment,
      cwd: target.cwd,
    })
  } else {
    console.error('botbus: set up. Next: npm start')
  }
} catch (error) {
  if (!(error instanceof StepError)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
