import { BotbusError } from '@botbus/core'
import { closest } from './closest.ts'
import { LEAVES } from './schema.ts'

/** The config file, where it is not in the working directory. */
export const FILE_VARIABLE = 'BOTBUS_CONFIG'

/** The broker as a plain URL. */
const BROKER_VARIABLE = 'BOTBUS_BROKER'

/** Names with the prefix that are no configuration: they belong to tests, demos and scripts. */
const FOREIGN = /^BOTBUS_(TEST_.*|HTTP_PORT|DEMO_SECRET|MOSQUITTO|RABBITMQ|REDIS|KAFKA|JAVA)$/

const VARIABLES: ReadonlyMap<string, readonly string[]> = new Map([
  ...[...LEAVES.values()].map((path) => [variableOf(path), path] as const),
  [BROKER_VARIABLE, ['broker']],
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
    if (name !== BROKER_VARIABLE) place(layer, path, value)
  }
  const broker = env[BROKER_VARIABLE]
  if (!broker) return layer
  if (env[variableOf(['broker', 'url'])]) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `${BROKER_VARIABLE} and ${variableOf(['broker', 'url'])} are both set: keep one`,
    )
  }
  const section = layer['broker']
  return { ...layer, broker: section ? { ...section, url: broker } : broker }
}

/** The variable that gave the value at `path`, for messages. */
export function labelIn(env: NodeJS.ProcessEnv): (path: string) => string {
  return (path) => (path === 'broker.url' && env[BROKER_VARIABLE] ? BROKER_VARIABLE : variableOf(path.split('.')))
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
