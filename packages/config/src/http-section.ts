import { BotbusError } from '@botbus/core'
import { layerSchema } from './schema.ts'
import type { HttpConfig } from './types.ts'
import type { Section } from './validate.ts'

const DEFAULT_PORT = 8080

/** The HTTP section of all layers, complete. Throws `INVALID_ARGUMENT` for what no single value shows. */
export function resolveHttp(given: Section): HttpConfig {
  const { tls, ...http } = (layerSchema.parse({ http: given })['http'] ?? {}) as Partial<HttpConfig>
  if (tls !== undefined && (tls.cert === undefined || tls.key === undefined)) {
    throw new BotbusError('INVALID_ARGUMENT', 'http.tls.cert and http.tls.key belong together; one of them is missing')
  }
  return { host: '127.0.0.1', port: DEFAULT_PORT, hosts: [], behindProxy: [], ...http, ...(tls ? { tls } : {}) }
}
