import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Entry } from './contenders/index.ts'

const ROOT = new URL('../../', import.meta.url)

/** Where and with what it was measured. */
export interface Environment {
  readonly node: string
  readonly system: string
  readonly processor: string
  readonly memoryGiB: number
  /** Of Botbus; with `+` when files have been changed since. */
  readonly commit: string
  /** By name of the npm package. */
  readonly libraries: Readonly<Record<string, string>>
}

export async function environment(contenders: readonly Entry[]): Promise<Environment> {
  const loaded = await Promise.all(contenders.map((entry) => entry.load()))
  const names = [...new Set(loaded.flatMap(({ packages }) => packages))].sort()
  const processors = cpus()
  return {
    node: process.version,
    system: `${type()} ${release()} ${arch()}`,
    processor: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    commit: commit(),
    libraries: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
  }
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? '+' : ''}`
  } catch {
    // No git, or no repository: an archive of the sources.
    return 'unknown'
  }
}

/** Read as a file: few packages let their manifest be imported. */
function versionOf(name: string): string {
  const file = fileURLToPath(new URL(`benchmarks/node_modules/${name}/package.json`, ROOT))
  if (!existsSync(file)) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
