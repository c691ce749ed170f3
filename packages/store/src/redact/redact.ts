import { isSecretKey } from './secret-keys.ts'

export const REDACTED = '[redacted]'

/**
 * The value without secrets: what stands under a key that names one is replaced, whatever it is, but for `null`, booleans and the empty text.
 * The value itself is never changed; parts without secrets are shared with it.
 */
export function redact<Value>(value: Value): Value {
  return clean(value) as Value
}

function clean(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return cleanArray(value)
  // What JSON makes of it is what is written.
  const { toJSON } = value as { toJSON?: unknown }
  return typeof toJSON === 'function' ? clean(toJSON.call(value)) : cleanObject(value)
}

function cleanArray(array: readonly unknown[]): readonly unknown[] {
  const copy = array.map(clean)
  return copy.some((item, index) => item !== array[index]) ? copy : array
}

function cleanObject(object: object): object {
  let isChanged = false
  const entries = Object.entries(object).map(([key, value]) => {
    const cleaned = isSecretKey(key) && isTelling(value) ? REDACTED : clean(value)
    if (cleaned !== value) isChanged = true
    return [key, cleaned] as const
  })
  // A key such as __proto__ stays a key.
  return isChanged ? Object.fromEntries(entries) : object
}

function isTelling(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && typeof value !== 'boolean'
}
