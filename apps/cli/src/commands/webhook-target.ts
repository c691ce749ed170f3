import { readFile } from 'node:fs/promises'
import type { HttpConfig } from '@botbus/config'
import type { RouteConfig } from '@botbus/plugin-tradingview'
import { readConfiguration } from '../configuration.ts'
import { usage } from '../failure.ts'
import type { GlobalOptions } from '../global-options.ts'
import { readRoute } from './webhook-route.ts'

export interface SecretOptions {
  secretEnv?: string
  secretFile?: string
}

export interface Target {
  readonly url: string
  readonly secret?: string
  /** Missing: that of the simulator. */
  readonly template?: string
}

/** Where to send, and what: the secret and the message that are given, else those of the route. */
export async function readTarget(
  target: string,
  options: GlobalOptions & SecretOptions,
  message: string | undefined,
): Promise<Target> {
  const secret = await readSecret(options)
  if (/^[a-z]+:\/\//i.test(target))
    return {
      url: target,
      ...(secret === undefined ? {} : { secret }),
      ...(message === undefined ? {} : { template: message }),
    }
  const config = await readConfiguration(options)
  const { name, route, folder } = await readRoute(target, config)
  const { revealSecret } = await import('@botbus/plugin-tradingview')
  const own = secret ?? revealSecret(route, { folder })
  const base = originOf(config.http)
  const template = message ?? (await messageFor(name, route, base))
  return {
    url: `${base}/webhooks/tradingview/${name}`,
    ...(own === undefined ? {} : { secret: own }),
    ...(template === undefined ? {} : { template }),
  }
}

async function messageFor(name: string, route: RouteConfig, base: string): Promise<string | undefined> {
  // Ours has a number without quotes, which the scenario "nan" is about; the generator makes none.
  if (route.format === 'auto' && route.dialect === 'auto' && route.secretField === undefined) return undefined
  const { generate } = await import('@botbus/plugin-tradingview')
  const { BotbusError } = await import('@botbus/core')
  try {
    return generate(name, route, { base, secret: '{{secret}}' }).message
  } catch (error) {
    if (!BotbusError.is(error)) throw error
    throw usage(`a message for this route must be given, with --template or --message: ${error.message}`)
  }
}

/** How this machine reaches the server. */
export function originOf({ host, port, tls }: HttpConfig): string {
  if (port === 0)
    throw usage('http.port of the configuration is 0: nobody knows which port the server took; give the URL')
  const reached = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `${tls ? 'https' : 'http'}://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
}

async function readSecret({ secretEnv, secretFile }: SecretOptions): Promise<string | undefined> {
  if (secretEnv !== undefined) {
    const value = process.env[secretEnv]
    if (value === undefined || value === '') throw usage(`the environment variable ${secretEnv} is not set`)
    return value
  }
  if (secretFile === undefined) return undefined
  try {
    return (await readFile(secretFile, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    throw usage(`${secretFile} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}
