import { readFile } from 'node:fs/promises'
import type { HttpConfig } from '@botbus/config'
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
}

/** Where to send, and the secret: what the options name, else that of the route. */
export async function readTarget(target: string, options: GlobalOptions & SecretOptions): Promise<Target> {
  const secret = await readSecret(options)
  if (/^[a-z]+:\/\//i.test(target)) return { url: target, ...(secret === undefined ? {} : { secret }) }
  const config = await readConfiguration(options)
  const { name, route, folder } = await readRoute(target, config)
  const { revealSecret } = await import('@botbus/plugin-tradingview')
  const own = secret ?? revealSecret(route, { folder })
  return { url: `${originOf(config.http)}/webhooks/tradingview/${name}`, ...(own === undefined ? {} : { secret: own }) }
}

/** How this machine reaches the server. */
function originOf({ host, port, tls }: HttpConfig): string {
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
