import { BotbusError } from '@botbus/core'
import { closest } from './closest.ts'
import { LEAVES } from './schema.ts'

/** The config file, where it is not in the working directory. */
export const FILE_VARIABLE = 'BOTBUS_CONFIG'

/** Sections as plain URLs. */
const PLAIN = new Map([
  ['BOTBUS_BROKER', 'broker'],
  ['BOTBUS_STORE', 'store'],
])

/** Names with the prefix that are no configuration: they belong to tests, demos and scripts. */
const FOREIGN = /^BOTBUS_(TEST_.*|DEMO_SECRET|MOSQUITTO|POSTGRESQL|RABBITMQ|REDIS|KAFKA|JAVA)$/

const VARIABLES: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...LEAVES.values()].map((path) => [variableOf(path), path] as const),
  ...[...PLAIN].map(([name, key]) => [name, [key]] as const),
])

/** The variable that overrides the value at `path`: `broker.passwordFile` is `BOTBUS_BROKER_PASSWORD_FILE`. */
function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase())
  return ['BOTBUS', ...words].join('_')
}

/**
 * The values that `BOTBUS_*` variables give, as a layer. An empty variable counts as missing. Throws
 * `INVALID_ARGUMENT` for a name that is no configuration: a typing error must not pass in silence.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const layer: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('BOTBUS_') || name === FILE_VARIABLE || FOREIGN.test(name) || !value) continue
    const path = VARIABLES.get(name)
    if (!path) throw new BotbusError('INVALID_ARGUMENT', unknownVariable(name))
    if (!PLAIN.has(name)) place(layer, path, value)
  }
  for (const [name, key] of PLAIN) {
    const url = env[name]
    if (!url) continue
    const long = variableOf([key, 'url'])
    if (env[long]) throw new BotbusError('INVALID_ARGUMENT', `${name} and ${long} are both set: keep one`)
    const section = layer[key]
    layer[key] = section ? { ...section, url } : url
  }
  return layer
}

/** The variable that gave the value at `path`, for messages. */
export function labelIn(env: NodeJS.ProcessEnv): (path: string) => string {
  return (path) => {
    const plain = [...PLAIN].find(([name, key]) => path === `${key}.url` && env[name])
    return plain?.[0] ?? variableOf(path.split('.'))
  }
}

function place(layer: Record<string, unknown>, path: readonly string[], value: string): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    layer[key] = value
    return
  }
  const section = (layer[key] ?? {}) as Record<string, unknown>
  place(section, rest, value)
  layer[key] = section
}

function unknownVariable(name: string): string {
  const names = [...VARIABLES.keys(), FILE_VARIABLE]
  const near = closest(name, names)
  const hint = near === undefined ? `known names: ${names.join(', ')}` : `did you mean ${near}?`
  return `the environment variable ${name} is not known; ${hint}`
}
