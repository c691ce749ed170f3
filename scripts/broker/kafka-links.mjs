// Files of a Debian package that was unpacked but not installed: its links name places where installed files would be.
import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { lockName, withLock } from '../bootstrap/lock.mjs'

/** Lets links that lead nowhere lead to the unpacked file, else to the installed one. */
export async function completeLinks(folder) {
  await withLock(lockName('links'), async () => {
    // The second turn is for links to links.
    for (let turn = 1; turn <= 2; turn++) {
      for (const path of danglingLinks(folder)) complete(path, folder)
    }
  })
}

function danglingLinks(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isSymbolicLink() && !existsSync(path))
}

function complete(path, folder) {
  const place = join('/', relative(folder, path))
  const installed = resolve(dirname(place), readlinkSync(path))
  const target = [join(folder, installed), installed].find((candidate) => existsSync(candidate))
  if (target === undefined) return
  rmSync(path)
  symlinkSync(target, path)
}
