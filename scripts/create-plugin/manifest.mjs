import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const OURS = { '@botbus/plugin': 'packages/plugin' }
const OURS_IN_TESTS = {
  '@botbus/bridge': 'packages/bot-bridge',
  '@botbus/core': 'packages/core',
  '@botbus/memory': 'packages/transport-memory',
  '@botbus/store': 'packages/store',
}

/** The plugin's package.json. In the workspace versions come from there, elsewhere they are those that the workspace has now. */
export function manifestOf(root, { name, isMember }) {
  const ours = (packages) =>
    isMember ? mapped(packages, () => 'workspace:*') : mapped(packages, (at) => versionAt(root, at))
  const others = (names) => mapped(toObject(names), (other) => (isMember ? 'catalog:' : catalogVersion(root, other)))
  // What the workspace has for all of its tests is declared by a plugin of its own only.
  const tools = isMember ? [] : ['@types/node', 'typescript', 'vitest']
  const manifest = {
    name: isMember ? `@botbus/plugin-${name}` : `botbus-plugin-${name}`,
    version: '0.1.0',
    description: `The plugin ${name} of the Botbus server`,
    ...(isMember ? { license: 'Apache-2.0' } : { private: true }),
    type: 'module',
    engines: { node: '>=22.13' },
    files: ['dist', '!dist/**/*.tsbuildinfo', 'src', '!src/**/*.test.ts'],
    exports: {
      '.': {
        ...(isMember ? { '@botbus/source': './src/index.ts' } : {}),
        types: './dist/index.d.ts',
        default: './dist/index.js',
      },
    },
    scripts: isMember ? { build: 'tsc -b' } : { build: 'tsc -p .', test: 'vitest run' },
    dependencies: ours(OURS),
    devDependencies: sorted({ ...ours(OURS_IN_TESTS), ...others(['fastify', 'fastify-type-provider-zod', ...tools]) }),
    ...(isMember ? { publishConfig: { access: 'public' } } : {}),
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

export function tsconfigOf({ isMember }) {
  const own = {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    rewriteRelativeImportExtensions: true,
    declaration: true,
    skipLibCheck: true,
  }
  const output = { rootDir: 'src', outDir: 'dist' }
  const config = {
    ...(isMember ? { extends: '../../tsconfig.base.json' } : {}),
    compilerOptions: isMember
      ? { ...output, tsBuildInfoFile: 'dist/.tsbuildinfo', isolatedDeclarations: false }
      : { ...own, ...output },
    include: ['src'],
    exclude: ['src/**/*.test.ts'],
    ...(isMember ? { references: [{ path: '../../packages/plugin' }] } : {}),
  }
  // As the formatter wants it: lists of plain values stand on one line.
  return `${JSON.stringify(config, null, 2).replace(/\[\s+("[^\]]*")\s+\]/g, (_, list) => `[${list.replace(/,\s+/g, ', ')}]`)}\n`
}

function versionAt(root, folder) {
  return `^${JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version}`
}

function catalogVersion(root, name) {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const line = catalog.split('\n').find((candidate) => candidate.trim().replaceAll("'", '').startsWith(`${name}: `))
  if (line === undefined) throw new Error(`pnpm-workspace.yaml has no version of ${name}`)
  return `^${line.split(': ')[1]}`
}

const toObject = (names) => Object.fromEntries(names.map((name) => [name, name]))
const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)))
