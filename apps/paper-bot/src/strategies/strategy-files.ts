import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError } from '@botbus/bridge'
import { messageOf } from '@botbus/core'
import { parse } from 'yaml'
import { ImportedStrategy } from './imported-strategy.ts'
import { findKind, STRATEGY_KINDS, type StrategyKind } from './registry.ts'

/** The examples that come with this package. */
export const EXAMPLES: string = fileURLToPath(new URL('../../conf/', import.meta.url))

export interface StrategyDefaults {
  readonly defaultMarket: string
  readonly exchange?: string
}

/** Loads strategies from YAML files, by name, out of a few folders. Earlier folders win. */
export class StrategyFiles {
  readonly #folders: readonly string[]
  readonly #defaults: StrategyDefaults

  constructor(folders: readonly string[], defaults: StrategyDefaults) {
    this.#folders = folders
    this.#defaults = defaults
  }

  /** Throws a `CommandError`, with the text of real bots where the name is empty or no file has it; `INVALID_ARGUMENT` for wrong keys. */
  async load(name: string, expected?: StrategyKind): Promise<ImportedStrategy> {
    if (name.trim() === '') throw new CommandError('Empty strategy_name given!')
    const file = withExtension(name)
    const values = readYaml(await this.#read(file), file)
    const { strategy, template_version: _, ...rest } = values
    const kind = findKind(String(strategy))
    if (!kind)
      throw new CommandError(
        `${file}: strategy: unknown '${strategy}'. Known are ${STRATEGY_KINDS.map((each) => each.name).join(', ')}.`,
      )
    if (expected && kind !== expected) throw new CommandError(`${file} is for ${kind.name}, not for ${expected.name}.`)
    return new ImportedStrategy({ kind, name: file, values: rest, ...this.#defaults })
  }

  /** A strategy of that kind with nothing but default settings. */
  make(kind: StrategyKind): ImportedStrategy {
    return new ImportedStrategy({ kind, name: kind.name, values: {}, ...this.#defaults })
  }

  async #read(file: string): Promise<string> {
    // Names come from the network: only plain file names are files of these folders.
    if (basename(file) !== file || file.startsWith('.') || /[\\\0]/.test(file)) {
      throw new CommandError(`Invalid strategy name: '${file}'. Expected the name of a file in the conf folder.`)
    }
    for (const folder of this.#folders) {
      try {
        return await readSmall(join(folder, file))
      } catch (error) {
        if (!isMissing(error)) throw new CommandError(`${file}: ${messageOf(error)}`)
      }
    }
    throw new CommandError(`[Errno 2] No such file or directory: '${file}'`)
  }
}

const MAX_BYTES = 256 * 1024

/** A pipe or a device would never end, and a huge file would stop the bot for as long as it is parsed. */
async function readSmall(path: string): Promise<string> {
  const entry = await stat(path)
  if (!entry.isFile() || entry.size > MAX_BYTES) throw new Error(`expected a file of at most ${MAX_BYTES} bytes`)
  return readFile(path, 'utf8')
}

function withExtension(name: string): string {
  return /\.ya?ml$/.test(name) ? name : `${name}.yml`
}

function readYaml(text: string, file: string): Record<string, unknown> {
  let values: unknown
  try {
    values = parse(text, { maxAliasCount: 0 })
  } catch (error) {
    throw new CommandError(`${file} is not valid YAML: ${messageOf(error)}`)
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new CommandError(`${file}: expected keys and values, beginning with strategy`)
  }
  return values as Record<string, unknown>
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
