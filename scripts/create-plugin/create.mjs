import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { manifestOf, tsconfigOf } from './manifest.mjs'
import { fillTemplate } from './template.mjs'
import { addReference, isTaken } from './workspace.mjs'

/** What the caller asked for cannot be made, and nothing was written. */
export class Refusal extends Error {}

/** As `definePlugin` wants it, and no "-" at the end: the name is part of that of a package. */
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/

/** Writes the plugin. `isMember`: it is part of the workspace at `root`. A failure half-way leaves no folder behind. */
export async function createPlugin({ root, name, folder = join(root, 'plugins', name), cwd = process.cwd() }) {
  if (!NAME.test(name)) {
    throw new Refusal(
      `"${name}" is no name for a plugin: lower-case letters, digits and "-", 40 at most; it begins with a letter and does not end in "-"`,
    )
  }
  const target = resolve(cwd, folder)
  const isMember = dirname(target) === resolve(root, 'plugins')
  if (isTaken(root, name)) throw new Refusal(`there is a plugin "${name}" already`)
  if (existsSync(target) && (await readdir(target)).length > 0) throw new Refusal(`${target} is not empty`)

  const files = {
    ...(await fillTemplate({
      name,
      isMember,
      folder: isMember ? `plugins/${relative(dirname(target), target)}` : '.',
    })),
    'package.json': manifestOf(root, { name, isMember }),
    'tsconfig.json': tsconfigOf({ isMember }),
  }
  const existed = existsSync(target)
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(target, path)), { recursive: true })
      await writeFile(join(target, path), content, { flag: 'wx' })
    }
    if (isMember) await addReference(root, relative(root, target))
  } catch (error) {
    if (!existed) await rm(target, { recursive: true, force: true })
    throw error
  }
  return { shown: relative(cwd, target) || '.', isMember }
}
