import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BotbusError, messageOf } from '@botbus/core'
import { parse, stringify } from 'yaml'
import { z } from 'zod'

const schema = z.record(z.string(), z.unknown())
const HEADER = '# Settings changed by the config, balance and start commands. They win over every other source.\n'

/** Reads what an earlier run kept; nothing when there is no file. Throws `INVALID_ARGUMENT`. */
export function readSavedSettings(path: string): Record<string, unknown> {
  try {
    return schema.parse(parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 }) ?? {})
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {}
    throw new BotbusError('INVALID_ARGUMENT', `Cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
}

/** Replaces the file in one step. It may hold a password: only its owner may read it. */
export function saveSettings(path: string, settings: Readonly<Record<string, unknown>>): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.new`
  writeFileSync(temporary, HEADER + stringify(settings), { mode: 0o600 })
  renameSync(temporary, path)
}
