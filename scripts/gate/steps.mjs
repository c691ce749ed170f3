import { join } from 'node:path'
import { tools } from '../bootstrap/paths.mjs'

/** vitest's results as JSON, one file per project, for the count at the end of .ci/run. */
export const reports = join(tools, 'reports')

/** Ends a run with the table of what each transport promises and passed. */
export const conformanceReporter = '--reporter=@botbus/conformance/reporter'

const vitest = (project) => ['--project', project, ...reporters(project)]
const reporters = (project) => [
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${join(reports, `${project}.json`)}`,
  ...(project === 'integration' ? [conformanceReporter] : []),
]

export const steps = [
  {
    name: 'lint',
    promise: 'format and lint',
    commands: [['biome', 'check', '--error-on-warnings', '.']],
    alone: 'pnpm lint (pnpm format repairs most of it)',
  },
  {
    name: 'types',
    promise: 'packages compile, tests have correct types',
    commands: [
      ['tsc', '-b'],
      ['tsc', '-p', 'tsconfig.tests.json'],
    ],
    alone: 'pnpm typecheck',
  },
  {
    name: 'unused',
    promise: 'no unused file, export or dependency',
    commands: [['knip', '--no-config-hints']],
    alone: 'pnpm unused',
  },
  {
    name: 'boundaries',
    promise: 'imports point the right way and are declared',
    commands: [['node', 'scripts/boundaries.mjs']],
    alone: 'pnpm boundaries',
  },
  {
    name: 'packages',
    promise: 'the tarballs that would be published work for their users',
    commands: [['node', 'scripts/packages.mjs']],
    alone: 'pnpm packages',
  },
  {
    name: 'unit',
    promise: 'tests without broker or network',
    commands: [['vitest', 'run', ...vitest('unit')]],
    alone: 'pnpm test:unit',
  },
  {
    name: 'integration',
    promise: 'tests with real brokers and real peers',
    commands: [['node', 'scripts/integration.mjs', ...reporters('integration')]],
    alone: 'pnpm test:integration',
  },
]
