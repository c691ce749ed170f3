import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { importsOf } from './imports.mjs'
import { mayImport } from './layers.mjs'
import { readWorkspace } from './workspace.mjs'

/** What tests of a package may reach outside of it. */
const sharedWithTests = ['scripts/', 'tests/']

/** Reads the whole workspace; each violation is one line that names the place and the rule. */
export function findViolations(root) {
  const packages = readWorkspace(root)
  const byName = new Map(packages.map((member) => [member.name, member]))
  const tools = testTools(root, byName)
  const violations = packages.flatMap((member) => {
    if (!member.layer) return [`${member.folder}: belongs to no layer; give it one in scripts/boundaries/layers.mjs`]
    return [
      ...checkManifest(member, byName),
      ...member.files.flatMap((file) => checkFile(root, member, file, byName, tools)),
    ]
  })
  return { violations, packages }
}

function checkManifest(member, byName) {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = member.manifest
  const declared = [
    ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }).map((name) => ({
      name,
      inTest: false,
    })),
    ...Object.keys(devDependencies ?? {}).map((name) => ({ name, inTest: true })),
  ]
  return declared.flatMap(({ name, inTest }) => {
    const target = byName.get(name)
    return target ? checkDirection(`${member.folder}/package.json`, member, target, inTest) : []
  })
}

function checkFile(root, member, file, byName, tools) {
  const inTest = isTest(file)
  return importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap(({ specifier, line }) => {
    const place = `${file}:${line}`
    if (specifier.startsWith('.')) return checkRelative(place, member, file, specifier, inTest)
    if (isBuiltin(specifier)) return []
    const name = packageName(specifier)
    if (name === member.name) return []
    const target = byName.get(name)
    return [
      ...(isDeclared(member.manifest, name, inTest, tools)
        ? []
        : [`${place}: imports ${name}, which ${member.folder}/package.json does not declare`]),
      ...(target ? checkDirection(place, member, target, inTest) : []),
    ]
  })
}

function checkDirection(place, member, target, inTest) {
  if (!target.layer || mayImport(member.layer, target.layer, inTest)) return []
  return [`${place}: ${member.name} (${member.layer}) must not import ${target.name} (${target.layer})`]
}

function checkRelative(place, member, file, specifier, inTest) {
  const path = posix.join(posix.dirname(file), specifier)
  if (path.startsWith(`${member.folder}/`)) return []
  if (inTest && sharedWithTests.some((folder) => path.startsWith(folder))) return []
  return [`${place}: ${specifier} leaves the package ${member.name}`]
}

function isDeclared(manifest, name, inTest, tools) {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifest
  return (
    name in
    { ...dependencies, ...peerDependencies, ...optionalDependencies, ...(inTest && { ...devDependencies, ...tools }) }
  )
}

/** What the root declares for the tests of every package: vitest and the like, but none of the packages themselves. */
function testTools(root, byName) {
  const { devDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.fromEntries(Object.entries(devDependencies).filter(([name]) => !byName.has(name)))
}

/** Tests, their helpers in `test/`, and build scripts are not shipped. */
function isTest(file) {
  return /\.test\.ts$/.test(file) || !/^[^/]+\/[^/]+\/(src|bin)\//.test(file)
}

function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
