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

/** Finds the format (`auto`), or takes the one that the route names. Never throws. */
export function prepare(fields: Fields, name: AlertFormat): Prepared {
  const index = new FieldIndex(fields)
  const format =
    FORMATS.find((candidate) => (name === 'auto' ? candidate.recognises(index) : candidate.name === name)) ?? generic
  const prepared = format.prepare?.(fields) ?? fields
  return { format, index: prepared === fields ? index : new FieldIndex(prepared) }
}
