import { defineConfig } from 'vitest/config'

// Packages are read from their sources, so tests need no build. The rest are vite's own defaults.
const conditions = ['@botbus/source', 'module', 'node', 'development|production']
const everywhere = ['packages', 'plugins', 'apps', 'tests', 'scripts', 'docs', 'examples', 'benchmarks']
const files = (ending: string): string[] => everywhere.map((folder) => `${folder}/**/*${ending}`)
const never = ['**/node_modules/**', '**/dist/**']

// Tests start programs from their sources; before 22.18, Node reads TypeScript only when told to.
const flags = process.features.typescript ? [] : ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const nodeOptions = [process.env['NODE_OPTIONS'] ?? '', ...flags].join(' ').trim()

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    execArgv: flags,
    env: nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: files('.test.ts'),
          exclude: [...never, '**/*.integration.test.ts'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: files('.integration.test.ts'),
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
