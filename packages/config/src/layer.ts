import { resolve } from 'node:path'
import { separateCredentials } from './broker-section.ts'
import { readPlugins } from './plugins-section.ts'
import { separateStore } from './store-section.ts'
import type { PluginEntry } from './types.ts'
import { type Section, validate } from './validate.ts'

/** One source of values, checked. */
export interface Layer {
  readonly values: Section
  /** The broker was given as a plain URL. */
  readonly plainBroker: boolean
  /** The store was given as a plain URL. */
  readonly plainStore: boolean
  /** By the key that names each. Undefined: the layer says nothing of plugins. */
  readonly plugins: Readonly<Record<string, PluginEntry>> | undefined
}

/** Values that are paths. */
const PATHS = [
  ['hummingbot'],
  ['broker', 'passwordFile'],
  ['broker', 'tls', 'ca'],
  ['broker', 'tls', 'cert'],
  ['broker', 'tls', 'key'],
  ['http', 'tls', 'cert'],
  ['http', 'tls', 'key'],
  ['http', 'tls', 'clientCa'],
  ['store', 'passwordFile'],
]

/** Checks what a source holds. Relative paths in it start at `folder`. Throws `INVALID_ARGUMENT`. */
export function readLayer(content: unknown, source: string, folder: string, label?: (path: string) => string): Layer {
  // What is in the sections of plugins is theirs, also a key without a value.
  const { plugins = undefined, ...own } = isSection(content) ? content : {}
  const filled = withoutEmpty(isSection(content) ? own : (content ?? {}))
  const { broker, bridge, store, ...rest } = isSection(filled) ? filled : {}
  const plainBroker = typeof broker === 'string'
  const plainStore = typeof store === 'string'
  const candidate = isSection(filled)
    ? {
        ...rest,
        ...(broker === undefined ? {} : { broker: plainBroker ? { url: broker } : broker }),
        ...(bridge === undefined ? {} : { bridge: plainNames(bridge) }),
        ...(store === undefined ? {} : { store: plainStore ? { url: store } : store }),
        ...(plugins === undefined || plugins === null ? {} : { plugins }),
      }
    : filled
  const { plugins: named, ...valid } = validate(candidate, source, label)
  const values = {
    ...valid,
    ...(isSection(valid['broker']) ? { broker: separateCredentials(valid['broker']) } : {}),
    ...(isSection(valid['store']) ? { store: separateStore(valid['store'], folder) } : {}),
  }
  return {
    values: PATHS.reduce<Section>((result, path) => makeAbsolute(result, path, folder), values),
    plainBroker,
    plainStore,
    plugins: isSection(named) ? readPlugins(named, folder) : undefined,
  }
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
