// Which Java runs Kafka: BOTBUS_JAVA, JAVA_HOME, PATH, what Debian has installed, or a copy of the Debian package under .tools/.
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from '../../run.mjs'
import { bringDebianPackage } from '../install/debian.mjs'
import { completeLinks } from './links.mjs'

const lowest = 17
const packageName = 'openjdk-17-jre-headless'
const machines = '/usr/lib/jvm'
const advice = `Java ${lowest} is missing. Run: sudo apt-get install ${packageName}, or set BOTBUS_JAVA to the path of a java program`

/** Resolves with `{ path, home, env, version }` of a Java that is new enough; `version` is what it says of itself. */
export async function findJava() {
  const named = process.env.BOTBUS_JAVA
  if (named) {
    const java = await examine(named, {})
    if (!java) throw new Error(`BOTBUS_JAVA=${named} is not a Java program of version ${lowest} or later`)
    return java
  }
  return (await installed()) ?? (await brought())
}

async function installed() {
  const home = process.env.JAVA_HOME
  const folders = [...(home ? [join(home, 'bin')] : []), ...(process.env.PATH ?? '').split(delimiter)]
  for (const path of [...folders.map((folder) => join(folder, 'java')), ...programs(machines)]) {
    const java = existsSync(path) ? await examine(path, {}) : undefined
    if (java) return java
  }
  return undefined
}

/** Unpacked only, never installed: that could replace libraries of the machine for the sake of a test. */
async function brought() {
  try {
    return await unpacked()
  } catch (error) {
    throw new Error(`${advice}\n\n${error.message}`, { cause: error })
  }
}

async function unpacked() {
  const { folder, env } = await bringDebianPackage(packageName)
  await completeLinks(folder)
  for (const path of programs(join(folder, machines))) {
    const java = await examine(path, env)
    if (java) return java
  }
  throw new Error(`the Debian package ${packageName} has no java that runs here`)
}

function programs(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => lstatSync(join(folder, name)).isDirectory())
    .map((name) => join(folder, name, 'bin', 'java'))
    .filter((path) => existsSync(path))
}

/** `undefined` for one that is too old or does not run. */
async function examine(path, env) {
  try {
    const [line] = (await run(path, ['--version'], { env: { ...process.env, ...env } })).split('\n')
    const version = Number(line.match(/ (\d+)/)?.[1])
    return version >= lowest ? { path, home: dirname(dirname(realpathSync(path))), env, version: line } : undefined
  } catch {
    // Whatever is wrong with it, another may be right; what is asked for by name is reported by the caller.
    return undefined
  }
}
