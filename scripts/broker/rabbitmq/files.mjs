// Where RabbitMQ and Erlang are, and which of their files a node needs.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { findProgram } from '../install/debian-binary.mjs'

const program = {
  name: 'rabbitmq-server',
  variable: 'BOTBUS_RABBITMQ',
  package: 'rabbitmq-server',
  paths: ['usr/lib/rabbitmq/bin/rabbitmq-server'],
}

/** Resolves with `{ home, erl, env, libraries }`: RabbitMQ's folder, the program that starts Erlang, and Erlang's libraries. */
export async function findRabbitmq() {
  const { path, env, folder = '/' } = await findProgram(program)
  const home = [join(dirname(realpathSync(path)), '..'), ...versions(folder)].find((candidate) =>
    existsSync(join(candidate, 'plugins')),
  )
  if (home === undefined) throw new Error(`the RabbitMQ of ${path} has no folder named plugins`)
  const root = join(folder, 'usr/lib/erlang')
  const libraries = join(root, 'lib')
  const [erlexec] = folder === '/' ? [] : globSync(join(root, 'erts-*/bin/erlexec'))
  // An installed Erlang knows its place.
  if (!erlexec) return { home, erl: 'erl', env, libraries }
  const own = { ROOTDIR: root, BINDIR: dirname(erlexec), EMU: 'beam', PROGNAME: 'erl' }
  return { home, erl: erlexec, env: { ...env, ...own }, libraries }
}

function versions(folder) {
  return globSync(join(folder, 'usr/lib/rabbitmq/lib/rabbitmq_server-*'))
}

/**
 * Makes `plugins/`, with the applications that the node needs and no other, and returns a folder with all their modules:
 * Erlang looks for each of a thousand modules in one folder after the other, which takes half of the time of a start.
 */
export function linkModules({ home, libraries }, folder, plugins) {
  const [applications, modules] = [join(folder, 'plugins'), join(folder, 'modules')]
  mkdirSync(applications)
  mkdirSync(modules)
  const needed = closure(join(home, 'plugins'), ['rabbit', ...plugins])
  for (const path of needed) symlinkSync(path, join(applications, basename(path)))
  const installed = existsSync(libraries) ? readdirSync(libraries).map((name) => join(libraries, name)) : []
  for (const path of [...needed, ...installed]) {
    const beams = existsSync(join(path, 'ebin')) ? readdirSync(join(path, 'ebin')) : []
    for (const beam of beams.filter((name) => name.endsWith('.beam')))
      link(join(path, 'ebin', beam), join(modules, beam))
  }
  return modules
}

function link(path, name) {
  // Two libraries with one module: the first one wins, as on a search path.
  if (!existsSync(name)) symlinkSync(path, name)
}

/** The folders of the applications and of all that they say they need, without those of Erlang itself. */
function closure(folder, names) {
  const paths = new Map(readdirSync(folder).map((entry) => [entry.replace(/-\d.*$/, ''), join(folder, entry)]))
  const needed = new Set(names)
  for (const name of needed) {
    const file = join(paths.get(name) ?? folder, 'ebin', `${name}.app`)
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    for (const [, list] of text.matchAll(/applications\s*,\s*\[([^\]]*)\]/g)) {
      for (const word of list.match(/\w+/g) ?? []) needed.add(word)
    }
  }
  const missing = names.filter((name) => !paths.has(name))
  if (missing.length > 0) throw new Error(`RabbitMQ in ${folder} has no ${missing.join(', ')}`)
  return [...needed].flatMap((name) => paths.get(name) ?? [])
}
