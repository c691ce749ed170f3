// Which Mosquitto to run: BOTBUS_MOSQUITTO, PATH, /usr/sbin, or a copy of the Debian package under .tools/.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bringDebianPackage, installDebianPackages } from './debian.mjs'

const advice =
  'Mosquitto is missing. Run: sudo apt-get install mosquitto, or set BOTBUS_MOSQUITTO to the path of its binary'

/** Resolves with `{ path, env }`; brings Mosquitto when this machine has none. No service is started. */
export async function findMosquitto() {
  const named = process.env.BOTBUS_MOSQUITTO
  if (named) {
    if (!isExecutable(named)) throw new Error(`BOTBUS_MOSQUITTO=${named} is not an executable file`)
    return { path: named, env: {} }
  }
  return installed() ?? (await brought())
}

function installed() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']
  const path = folders.map((folder) => join(folder, 'mosquitto')).find(isExecutable)
  return path === undefined ? undefined : { path, env: {} }
}

async function brought() {
  const problems = []
  try {
    const { folder, env } = await bringDebianPackage('mosquitto')
    return { path: join(folder, 'usr', 'sbin', 'mosquitto'), env }
  } catch (error) {
    problems.push(error)
  }
  try {
    await installDebianPackages(['mosquitto'])
    const found = installed()
    if (found) return found
  } catch (error) {
    problems.push(error)
  }
  throw new AggregateError(problems, [advice, ...problems.map((problem) => problem.message)].join('\n\n'))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
