import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../bootstrap/paths.mjs'
import { readWorkspace } from '../boundaries/workspace.mjs'
import { run } from '../run.mjs'

/** Builds, and packs every public package into `folder`: `[{ name, tarball, hasExports }]`. */
export async function packAll(folder) {
  await run('turbo', ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  const members = readWorkspace(root).filter(({ manifest }) => manifest.private !== true)
  return Promise.all(
    members.map(async (member) => {
      // A folder for each, so that the tarball's name need not be known.
      const destination = join(folder, member.name.replace('/', '-'))
      await mkdir(destination, { recursive: true })
      const output = await run('pnpm', ['pack', '--json', '--pack-destination', destination], {
        cwd: join(root, member.folder),
      })
      return {
        name: member.name,
        tarball: JSON.parse(output).filename,
        hasExports: member.manifest.exports !== undefined,
      }
    }),
  )
}
