import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files in a folder that goes with its block. */
export async function files(
  contents: Readonly<Record<string, string>>,
): Promise<{ path: (name: string) => string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'botbus-mqtt-'))
  const path = (name: string): string => join(folder, name)
  for (const [name, text] of Object.entries(contents)) await writeFile(path(name), text, { mode: 0o600 })
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}
