// Which Mosquitto to run: BOTBUS_MOSQUITTO, PATH, /usr/sbin, or the copy under .tools/.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export async function findMosquitto() {
  const named = process.env.BOTBUS_MOSQUITTO
  if (named) {
    if (!isExecutable(named)) throw new Error(`BOTBUS_MOSQUITTO=${named} is not an executable file`)
    return { path: named, env: {} }
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']
  const installed = folders.map((folder) => join(folder, 'mosquitto')).find(isExecutable)
  if (installed) return { path: installed, env: {} }
  throw new Error('Mosquitto is missing. Run: sudo apt-get install mosquitto')
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
