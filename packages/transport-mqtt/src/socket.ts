import { once } from 'node:events'
import { createConnection, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { messageOf } from '@botbus/core'
import { invalid, type Settings, type TlsOptions } from './options.ts'

/** Opens TCP, and TLS on it, with Nagle's algorithm off. Rejects with the native error; leaves nothing open then. */
export async function openSocket(settings: Settings, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const socket = settings.secure ? openTls(settings) : createConnection({ host: settings.host, port: settings.port })
  try {
    await once(socket, settings.secure ? 'secureConnect' : 'connect', { signal })
    socket.setNoDelay(true)
    return socket
  } catch (error) {
    socket.on('error', () => undefined) // the reason is known: this is its echo
    socket.destroy()
    throw error
  }
}

function openTls({ host, port, tls }: Settings): Socket {
  return connectTls({
    host,
    port,
    secureContext: secureContext(tls),
    rejectUnauthorized: tls.insecureSkipVerify !== true,
    // Server name indication knows host names only (RFC 6066, section 3).
    ...(tls.servername !== undefined ? { servername: tls.servername } : isIP(host) === 0 ? { servername: host } : {}),
  })
}

function secureContext({ ca, cert, key }: TlsOptions): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    })
  } catch (cause) {
    throw invalid('tls', `holds a certificate or key that cannot be read: ${messageOf(cause)}`, cause)
  }
}
