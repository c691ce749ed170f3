import type { JsonValue } from '@botbus/plugin'

/** The one text of a JSON value: keys in the order of their characters, no blanks. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, part: JsonValue) => (isObject(part) ? sorted(part) : part))
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(object: { readonly [key: string]: JsonValue }): object {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)))
}
