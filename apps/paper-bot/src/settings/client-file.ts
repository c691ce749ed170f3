import { readFileSync } from 'node:fs'
import { BotbusError, messageOf } from '@botbus/core'
import { parse } from 'yaml'
import { z } from 'zod'
import { findField } from './fields.ts'
import { type CommandShortcut, shortcutsSchema } from './shortcuts.ts'

/** What a client configuration file says beside its `mqtt_bridge` section and `instance_id`. */
export interface ClientFile {
  readonly settings: Record<string, unknown>
  readonly shortcuts?: readonly CommandShortcut[]
}

const file = z.looseObject({ command_shortcuts: shortcutsSchema.nullish() })

/**
 * Reads a `conf_client.yml`, Hummingbot's or our own. Keys that mean nothing here, of which Hummingbot has many, are
 * ignored. `exchange` is one that may be limited although it is no known one. Throws `INVALID_ARGUMENT`.
 */
export function readClientFile(path: string, exchange?: string): ClientFile {
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 })
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `Cannot read ${path}: ${messageOf(cause)}`, { cause })
  }
  const result = file.safeParse(content ?? {})
  if (!result.success)
    throw new BotbusError('INVALID_ARGUMENT', `${path} is not valid: ${z.prettifyError(result.error)}`)
  const { command_shortcuts: shortcuts, instance_id: _, mqtt_bridge: __, ...rest } = result.data
  return { settings: known(rest, [], exchange), ...(shortcuts ? { shortcuts } : {}) }
}

function known(
  section: Readonly<Record<string, unknown>>,
  path: readonly string[],
  exchange: string | undefined,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(section)) {
    const here = [...path, name]
    if (findField(here.join('.'), exchange)) settings[here.join('.')] = value
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(settings, known(value as Record<string, unknown>, here, exchange))
    }
  }
  return settings
}
