import type { JsonObject, JsonValue } from '@botbus/plugin'
import type { Fields } from '../signal.ts'
import { normaliseName } from './field-index.ts'
import { prepare } from './formats/choose-format.ts'
import type { AlertFormat, Format } from './formats/format.ts'
import { generic } from './formats/generic.ts'

/** Names that mean a secret wherever they stand; `key`, `token` and `code` do at the outermost level only. */
const ALWAYS: ReadonlySet<string> = new Set(
  'secret passphrase password apikey apisecret authkey apitoken signaltoken emailtoken webhooksecret'.split(' '),
)

/**
 * What the sender presented as secrets: the fields that the format and the usual receivers have for it (`secret`, `key`, `passphrase`, `token`,
 * `password`, `api_key`, `api_secret`, `auth_key`, `api_token`, `signalToken`, `email_token`, the license and `secret=` of PineConnector, the last part of
 * WunderTrading's text ...). With `secretField` that field alone; a dot leads into an object (`data.key`). Never throws.
 */
export function secretsIn(fields: Fields, format: AlertFormat, secretField?: string): readonly string[] {
  const { format: found, index } = prepare(fields, format)
  const names =
    secretField === undefined ? [...found.secrets, ...generic.secrets, ...ALWAYS] : [normaliseName(secretField)]
  return index.texts([...new Set(names)])
}

/** A copy of the fields without those that hold secrets; the fields themselves where there is none. */
export function withoutSecrets(values: JsonObject, format: Format, secretFields: readonly string[] = []): JsonObject {
  const named = new Set(secretFields.map(normaliseName))
  // A route that names its field leaves `key` and `token` to the data.
  const outer = new Set([...format.secrets, ...(named.size === 0 ? generic.secrets : [])])
  return strip(values, '', (name, path) => ALWAYS.has(name) || named.has(path) || (name === path && outer.has(name)))
}

function strip(values: JsonObject, path: string, isSecret: (name: string, path: string) => boolean): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(values)) {
    const name = normaliseName(key)
    if (!isSecret(name, path + name)) kept[key] = stripValue(value, path + name, isSecret)
  }
  return kept
}

function stripValue(value: JsonValue, path: string, isSecret: (name: string, path: string) => boolean): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => stripValue(item, path, isSecret))
  return strip(value as JsonObject, path, isSecret)
}
