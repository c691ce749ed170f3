import { once } from 'node:events'
import { createConnection, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { OptionChecks } from './option-checks.ts'
import { secureContext, type TlsOptions } from './tls.ts'

/** Where a broker listens. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Opens TCP, and TLS on it, with Nagle's algorithm off. Rejects with the native error; leaves nothing open then. */
export async function openSocket(
  { host, port }: Endpoint,
  tls: ConnectionOptions | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted()
  const socket = tls ? connectTls({ host, port, ...tls }) : createConnection({ host, port })
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal })
    socket.setNoDelay(true)
    return socket
  } catch (error) {
    socket.on('error', () => undefined) // the reason is known: this is its echo
    socket.destroy()
    throw error
  }
}

/** What Node's `tls.connect` and the client libraries built on it need to verify `host`. Throws `INVALID_ARGUMENT`. */
export function tlsConnectionOptions(checks: OptionChecks, host: string, tls: TlsOptions): ConnectionOptions {
  return {
    secureContext: secureContext(checks, tls),
    rejectUnauthorized: tls.insecureSkipVerify !== true,
    // Server name indication knows host names only (RFC 6066, section 3).
    ...(tls.servername !== undefined ? { servername: tls.servername } : isIP(host) === 0 ? { servername: host } : {}),
  }
}
