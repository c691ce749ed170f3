import { dirname, resolve } from 'node:path'
import { type BridgeSettings, bridgeSettings, readHummingbotConfig } from '@botbus/bridge'
import { BotbusError, messageOf } from '@botbus/core'
import { resolveBroker } from './broker-section.ts'
import { readConfigFile, readText } from './config-file.ts'
import { FILE_VARIABLE, labelIn, readEnvironment } from './environment.ts'
import { resolveHttp } from './http-section.ts'
import { merge, readLayer } from './layer.ts'
import { layerSchema } from './schema.ts'
import { resolveStore } from './store-section.ts'
import { DEFAULT_PORT } from './transports.ts'
import type { BotbusConfig, ConfigInput } from './types.ts'
import type { Section } from './validate.ts'

export interface LoadOptions {
  /** The config file. Default: `BOTBUS_CONFIG`, or the `botbus.config.yaml`, `.yml`, `.json` or `.ts` in `cwd`, if there is one. */
  file?: string | undefined
  /** Where `BOTBUS_*` is read. Default `process.env`. */
  env?: NodeJS.ProcessEnv
  /** Values that win over all others, such as flags. Undefined ones do not count. */
  overrides?: ConfigInput
  /** Default `process.cwd()`. */
  cwd?: string
}

/**
 * The configuration: defaults, under the file, under `BOTBUS_*` variables, under `overrides`. Rejects with
 * `INVALID_ARGUMENT` that names the source, the wrong key, what was found and what is accepted.
 */
export async function loadConfig(options: LoadOptions = {}): Promise<BotbusConfig> {
  const { env = process.env, overrides = {}, cwd = process.cwd() } = options
  const file = await readConfigFile(options.file ?? (env[FILE_VARIABLE] || undefined), cwd)
  const folder = dirname(file?.path ?? resolve(cwd, 'none'))
  const fromFile = readLayer(file?.content ?? {}, file?.name ?? '', folder)
  const fromEnvironment = readLayer(readEnvironment(env), 'the environment', cwd, labelIn(env))
  const fromOptions = readLayer(overrides, 'an option', cwd)

  const layers = [fromFile, fromEnvironment, fromOptions]
  const replacedBroker = fromEnvironment.plainBroker || fromOptions.plainBroker
  const brokers = (replacedBroker ? layers.slice(1) : layers).map(({ values }) => section(values, 'broker'))
  const replacedStore = fromEnvironment.plainStore || fromOptions.plainStore
  const stores = (replacedStore ? layers.slice(1) : layers).map(({ values }) => section(values, 'store'))
  const merged = layers.map(({ values }) => values).reduce(merge, {})

  const { hummingbot } = merged
  const given = merge(await readHummingbot(hummingbot), section(merged, 'bridge'))
  const { port = DEFAULT_PORT, replyPrefixes } = layerSchema.parse({
    port: merged['port'],
    replyPrefixes: merged['replyPrefixes'],
  }) as Pick<ConfigInput, 'port' | 'replyPrefixes'>
  return {
    ...(file ? { file: file.path } : {}),
    ...(typeof hummingbot === 'string' ? { hummingbot } : {}),
    broker: resolveBroker(brokers.reduce(mergeCredentials, {}), given, port),
    port,
    bridge: toBridge(given),
    ...(replyPrefixes ? { replyPrefixes } : {}),
    http: resolveHttp(section(merged, 'http')),
    store: resolveStore(stores.reduce(mergeCredentials, {}), folder),
    plugins: Object.values(layers.findLast(({ plugins }) => plugins)?.plugins ?? {}),
  }
}

/** A password of a higher layer also replaces the password file of a lower one, and the other way round. */
function mergeCredentials(lower: Section, higher: Section): Section {
  const { password, passwordFile, ...rest } = lower
  const replaces = higher['password'] !== undefined || higher['passwordFile'] !== undefined
  return merge(replaces ? rest : lower, higher)
}

async function readHummingbot(path: unknown): Promise<Section> {
  if (typeof path !== 'string') return {}
  const text = await readText(path, path)
  try {
    const { id, settings } = readHummingbotConfig(text)
    return { id, ...settings }
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `${path}: ${messageOf(cause)}`, { cause })
  }
}

function toBridge(given: Section): BridgeSettings & { readonly id?: string } {
  const { id, ...settings } = given
  return { ...bridgeSettings.parse(settings), ...(typeof id === 'string' ? { id } : {}) }
}

function section(values: Section, key: string): Section {
  return (values[key] ?? {}) as Section
}
