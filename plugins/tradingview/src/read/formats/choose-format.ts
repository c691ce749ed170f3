import type { Fields } from '../../signal.ts'
import { FieldIndex } from '../field-index.ts'
import type { AlertFormat, Format } from './format.ts'
import { generic } from './generic.ts'
import { octobot } from './octobot.ts'
import { okx } from './okx.ts'
import { pineconnector } from './pineconnector.ts'
import { threeCommas } from './three-commas.ts'
import { traderspost } from './traderspost.ts'
import { wundertrading } from './wundertrading.ts'

/** The first that recognises an alert reads it; `generic` recognises all. */
const FORMATS: readonly Format[] = [pineconnector, wundertrading, octobot, threeCommas, okx, traderspost, generic]

/** Names for the schema of the configuration. */
export const ALERT_FORMATS: readonly AlertFormat[] = ['auto', ...FORMATS.map((format) => format.name)]

/** An alert, its format known and its places named. */
export interface Prepared {
  readonly format: Format
  readonly index: FieldIndex
}

/** Secret and signal are asked for one after the other. */
const latest = new WeakMap<Fields, { readonly name: AlertFormat; readonly prepared: Prepared }>()

/** Finds the format (`auto`), or takes the one that the route names. Never throws. */
export function prepare(fields: Fields, name: AlertFormat): Prepared {
  const known = latest.get(fields)
  if (known?.name === name) return known.prepared
  const index = new FieldIndex(fields)
  const format =
    FORMATS.find((candidate) => (name === 'auto' ? candidate.recognises(index) : candidate.name === name)) ?? generic
  const renamed = format.prepare?.(fields) ?? fields
  const prepared = { format, index: renamed === fields ? index : new FieldIndex(renamed) }
  latest.set(fields, { name, prepared })
  return prepared
}
