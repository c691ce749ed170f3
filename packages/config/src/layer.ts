import { resolve } from 'node:path'
import { separateCredentials } from './broker-section.ts'
import { type Section, validate } from './validate.ts'

/** One source of values, checked. */
export interface Layer {
  readonly values: Section
  /** The broker was given as a plain URL. */
  readonly plainBroker: boolean
}

/** Values that are paths. */
const PATHS = [
  ['hummingbot'],
  ['broker', 'passwordFile'],
  ['broker', 'tls', 'ca'],
  ['broker', 'tls', 'cert'],
  ['broker', 'tls', 'key'],
]

/** Checks what a source holds. Relative paths in it start at `folder`. Throws `INVALID_ARGUMENT`. */
export function readLayer(content: unknown, source: string, folder: string, label?: (path: string) => string): Layer {
  const filled = withoutEmpty(content ?? {})
  const { broker, bridge, ...rest } = isSection(filled) ? filled : {}
  const plainBroker = typeof broker === 'string'
  const candidate = isSection(filled)
    ? {
        ...rest,
        ...(broker === undefined ? {} : { broker: plainBroker ? { url: broker } : broker }),
        ...(bridge === undefined ? {} : { bridge: plainNames(bridge) }),
      }
    : filled
  const valid = validate(candidate, source, label)
  const values = isSection(valid['broker']) ? { ...valid, broker: separateCredentials(valid['broker']) } : valid
  return { values: PATHS.reduce((result, path) => makeAbsolute(result, path, folder), values), plainBroker }
}

/** Puts the values of `higher` over those of `lower`, section by section. */
export function merge(lower: Section, higher: Section): Section {
  const result: Record<string, unknown> = { ...lower }
  for (const [key, value] of Object.entries(higher)) {
    const below = result[key]
    result[key] = isSection(value) && isSection(below) ? merge(below, value) : value
  }
  return result
}

/** A key without a value (`broker:` and nothing more) is the same as no key. `__proto__` would change what merging reads. */
function withoutEmpty(value: unknown): unknown {
  if (!isSection(value)) return value
  const filled = Object.entries(value).filter(
    ([key, member]) => (member ?? undefined) !== undefined && key !== '__proto__',
  )
  return Object.fromEntries(filled.map(([key, member]) => [key, withoutEmpty(member)]))
}

/** The bridge's switches are also accepted with the `mqtt_` prefix of their original names. */
function plainNames(bridge: unknown): unknown {
  if (!isSection(bridge)) return bridge
  return Object.fromEntries(Object.entries(bridge).map(([name, value]) => [name.replace(/^mqtt_/, ''), value]))
}

function makeAbsolute(values: Section, path: readonly string[], folder: string): Section {
  const [key = '', ...rest] = path
  const value = values[key]
  if (rest.length > 0) return isSection(value) ? { ...values, [key]: makeAbsolute(value, rest, folder) } : values
  return typeof value === 'string' ? { ...values, [key]: resolve(folder, value) } : values
}

function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
