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

/** More would be guessing. */
const MAX_PRESENTED = 8

/** Tells whether a field holds a secret, by its normalised name and the normalised path to it. */
type SecretTest = (name: string, path: string) => boolean

/**
 * What the sender presented as secrets: the fields that the format and the usual receivers have for it (`secret`,
 * `key`, `passphrase`, `token`, `password`, `api_key`, `api_secret`, `auth_key`, `api_token`, `signalToken`,
 * `email_token`, the license and `secret=` of PineConnector, the last part of WunderTrading's text ...), 8 at most.
 * With `secretField` that field alone; a dot leads into an object (`data.key`). Never throws.
 */
export function secretsIn(fields: Fields, format: AlertFormat, secretField?: string): readonly string[] {
  const { format: found, index } = prepare(fields, format)
  const path = secretField === undefined ? undefined : normaliseName(secretField)
  const presented: string[] = []
  collect(index.values, '', path === undefined ? usualSecrets(found) : (_, own) => own === path, presented)
  return [...new Set(presented)].slice(0, MAX_PRESENTED)
}

/**
 * A copy of the fields without those that hold secrets. Where the route names the field, `key`, `token` and `code` are
 * left to the data.
 */
export function withoutSecrets(values: JsonObject, format: Format, secretFields: readonly string[] = []): JsonObject {
  if (secretFields.length === 0) return strip(values, '', usualSecrets(format))
  const named = new Set(secretFields.map(normaliseName))
  return strip(values, '', (name, path) => ALWAYS.has(name) || named.has(path))
}

/** One test for both: what may count as the secret never stays among the fields. */
function usualSecrets(format: Format): SecretTest {
  return (name, path) =>
    ALWAYS.has(name) || (name === path && (format.secrets.includes(name) || generic.secrets.includes(name)))
}

function collect(value: JsonValue, path: string, isSecret: SecretTest, presented: string[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, path, isSecret, presented)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const name = normaliseName(key)
    if ((typeof item === 'string' || typeof item === 'number') && isSecret(name, path + name)) {
      const text = String(item).trim()
      if (text !== '') presented.push(text)
    }
    collect(item, path + name, isSecret, presented)
  }
}

function strip(values: JsonObject, path: string, isSecret: SecretTest): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(values)) {
    const name = normaliseName(key)
    if (!isSecret(name, path + name)) kept[key] = stripValue(value, path + name, isSecret)
  }
  return kept
}

function stripValue(value: JsonValue, path: string, isSecret: SecretTest): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => stripValue(item, path, isSecret))
  return strip(value as JsonObject, path, isSecret)
}
