// Where a broker's program is: a variable, PATH, the usual folders, or a copy of the Debian package under .tools/.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bringDebianPackage, installDebianPackages } from './debian.mjs'

const usualFolders = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
]

/**
 * `program` is `{ name, variable, package, paths }`; `paths` are those in the package where it may be, default usr/bin and usr/sbin.
 * Resolves with `{ path, env, folder }`; brings the package when this machine lacks the program, then `folder` is where
 * its files were unpacked. No service is started.
 */
export async function findProgram(program) {
  const named = process.env[program.variable]
  if (named) {
    if (!isExecutable(named)) throw new Error(`${program.variable}=${named} is not an executable file`)
    return { path: named, env: {} }
  }
  return installed(program) ?? (await brought(program))
}

function installed({ name, paths = [] }) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...usualFolders]
  const candidates = [...paths.map((path) => join('/', path)), ...folders.map((folder) => join(folder, name))]
  const path = candidates.find(isExecutable)
  return path === undefined ? undefined : { path, env: {} }
}

async function brought(program) {
  const problems = []
  try {
    return await unpacked(program)
  } catch (error) {
    problems.push(error)
  }
  try {
    await installDebianPackages([program.package])
    const found = installed(program)
    if (found) return found
  } catch (error) {
    problems.push(error)
  }
  throw new AggregateError(problems, [adviceFor(program), ...problems.map(({ message }) => message)].join('\n\n'))
}

async function unpacked({ name, package: packageName, paths = [`usr/bin/${name}`, `usr/sbin/${name}`] }) {
  const { folder, env } = await bringDebianPackage(packageName)
  const path = paths.map((candidate) => join(folder, candidate)).find(isExecutable)
  if (path === undefined) throw new Error(`the Debian package ${packageName} has no ${paths.join(' or ')}`)
  return { path, env, folder }
}

function adviceFor({ name, variable, package: packageName }) {
  return `${name} is missing. Run: sudo apt-get install ${packageName}, or set ${variable} to the path of the program`
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
