import { readText } from './config-file.ts'
import type { BrokerTarget } from './transports.ts'
import type { BrokerConfig, BrokerTls } from './types.ts'

/** Reads the files that a broker section names. Rejects with `INVALID_ARGUMENT` that names the key and the file. */
export async function readBrokerFiles(broker: BrokerConfig): Promise<BrokerTarget> {
  const { tls, passwordFile, ...target } = broker
  return {
    ...target,
    ...(passwordFile === undefined ? {} : { password: await readPassword(passwordFile) }),
    ...(tls === undefined ? {} : { tls: await readTls(tls) }),
  }
}

async function readPassword(path: string): Promise<string> {
  const text = await readText(path, `broker.passwordFile (${path})`)
  return text.replace(/\r?\n$/, '')
}

async function readTls(tls: BrokerTls): Promise<NonNullable<BrokerTarget['tls']>> {
  const { ca, cert, key, ...rest } = tls
  const files = Object.entries({ ca, cert, key }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const texts = await Promise.all(
    files.map(async ([name, path]) => [name, await readText(path, `broker.tls.${name} (${path})`)] as const),
  )
  return { ...rest, ...Object.fromEntries(texts) }
}
