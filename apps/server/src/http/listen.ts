import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { HttpConfig, HttpTls } from '@botbus/config'
import { BotbusError, messageOf } from '@botbus/core'
import { HTTP_TIMEOUTS, MAX_HEADER_BYTES } from '../safety/limits.ts'
import type { Handler } from './front.ts'
import { errorBody } from './respond.ts'

/** Whoever is slow is cut. */
const LIMITS = {
  headersTimeout: HTTP_TIMEOUTS.headers,
  requestTimeout: HTTP_TIMEOUTS.request,
  keepAliveTimeout: HTTP_TIMEOUTS.keepAlive,
  connectionsCheckingInterval: HTTP_TIMEOUTS.check,
  maxHeaderSize: MAX_HEADER_BYTES,
} as const

const MAX_CONNECTIONS = 5_000

export interface HttpServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly port: number
  /** Takes no new connections; resolves when all have ended. */
  stop(): Promise<void>
  /** Ends connections on which no request runs. */
  cutIdle(): void
  /** Ends what is still open. */
  cut(): void
}

/** Told of what never became a request. */
export type OnRefused = (reason: 'malformed' | 'slow') => void

/** Listens. Rejects with `INVALID_ARGUMENT` for an address, port or certificate that cannot be used. */
export async function listen(config: HttpConfig, handler: Handler, onRefused?: OnRefused): Promise<HttpServer> {
  const server = config.tls ? await createSecure(config.tls, handler) : createServer(LIMITS, handler)
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET') return void socket.destroy()
    onRefused?.(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'slow' : 'malformed')
    refuse(error, socket)
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: config.host, port: config.port, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', cannotListen(config, cause), { cause })
  }
  const { port } = server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    url: `${config.tls ? 'https' : 'http'}://${host}:${port}`,
    port,
    stop: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      return closed
    },
    cutIdle: () => server.closeIdleConnections(),
    cut: () => server.closeAllConnections(),
  }
}

async function createSecure(tls: HttpTls, handler: Handler): Promise<Server> {
  const [cert, key, ca] = await Promise.all([
    readPem('cert', tls.cert),
    readPem('key', tls.key),
    tls.clientCa === undefined ? undefined : readPem('clientCa', tls.clientCa),
  ])
  // Whoever shows no certificate is let in: a route that demands one checks it.
  const client = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }
  try {
    return createTlsServer({ ...LIMITS, cert, key, minVersion: 'TLSv1.2', ...client }, handler)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `http.tls cannot be used: ${messageOf(cause)}`, { cause })
  }
}

async function readPem(name: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', `http.tls.${name} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

/** What is no HTTP, too large in its headers, or too slow. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const [status, code] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'TIMEOUT']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'TOO_LARGE']
        : ['400 Bad Request', 'INVALID_ARGUMENT']
  const body = JSON.stringify(errorBody(code ?? '', 'the request cannot be read'))
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
}

function cannotListen({ host, port }: HttpConfig, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  const advice = `choose another with BOTBUS_HTTP_PORT, as in: BOTBUS_HTTP_PORT=${port < 65_535 ? port + 1 : 8080} npm start`
  if (code === 'EADDRINUSE') return `HTTP port ${port} on ${host} is taken by another program; ${advice}`
  if (code === 'EACCES') return `HTTP port ${port} on ${host} is not allowed to this user; ${advice}`
  return `cannot listen on HTTP port ${port} of ${host}: ${messageOf(cause)}`
}
