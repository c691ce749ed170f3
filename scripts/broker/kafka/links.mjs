// Files of a Debian package that was unpacked but not installed: its links name places where installed files would be.
import { existsSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { lockName, withLock } from '../../bootstrap/lock.mjs'

/** Lets links to absolute places, and those that lead nowhere, lead to the unpacked file, else to the installed one. */
export async function completeLinks(folder) {
  await withLock(lockName('links'), async () => {
    // The second turn is for links to links.
    for (let turn = 1; turn <= 2; turn++) {
      for (const path of [...linksIn(folder)]) complete(path, folder)
    }
  })
}

/** Never follows one: a recursive `readdirSync` does. */
function* linksIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) yield path
    else if (entry.isDirectory()) yield* linksIn(path)
  }
}

function complete(path, folder) {
  const link = readlinkSync(path)
  if (link.startsWith(folder) || (!isAbsolute(link) && existsSync(path))) return
  const installed = resolve(dirname(join('/', relative(folder, path))), link)
  const target = [join(folder, installed), installed].find((candidate) => existsSync(candidate))
  if (target === undefined || target === link) return
  rmSync(path)
  symlinkSync(target, path)
}
