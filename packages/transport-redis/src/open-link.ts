import type { Socket } from 'node:net'
import { type Endpoint, openSocket, showEndpoint, tlsConnectionOptions } from '@botbus/core/transport-kit'
import { AbstractConnector, type RedisOptions as ClientOptions, Redis } from 'ioredis'
import { type Peer, toConnectError } from './errors.ts'
import { Link } from './link.ts'
import { type Credentials, checks, type Settings } from './options.ts'

export interface Purpose {
  /** Appended to the client's name. */
  readonly suffix: 'pub' | 'sub' | 'list' | 'sentinel'
  readonly credentials: Credentials
  readonly database?: number
  readonly blocks?: boolean
}

/** Connects once: socket, HELLO, SELECT. Rejects with `BotbusError` and leaves nothing open then. */
export async function openLink(
  settings: Settings,
  endpoint: Endpoint,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<Link> {
  const { host } = endpoint
  const { username } = purpose.credentials
  const scheme = settings.secure ? 'rediss' : 'redis'
  const peer: Peer = { label: `${scheme}://${showEndpoint(endpoint)}`, host, username }
  let socket: Socket | undefined
  const onAbort = (): void => void socket?.destroy()
  try {
    const tls = settings.secure ? tlsConnectionOptions(checks, host, settings.tls) : undefined
    socket = await openSocket(endpoint, tls, signal)
    signal.addEventListener('abort', onAbort)
    const client = await handshake(socket, settings, purpose)
    signal.throwIfAborted()
    return new Link(client, socket, peer, { keepalive: settings.keepalive, blocks: purpose.blocks ?? false })
  } catch (error) {
    socket?.destroy()
    throw toConnectError(signal.aborted ? signal.reason : error, peer)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Rejects with the first native error, after which the socket is of no use. */
async function handshake(socket: Socket, settings: Settings, purpose: Purpose): Promise<Redis> {
  const client = new Redis(clientOptions(socket, settings, purpose))
  let first: unknown
  const remember = (error: unknown): void => {
    first ??= error
  }
  client.on('error', remember)
  socket.on('error', remember)
  try {
    await client.connect()
    // A refused SELECT is told as an event only. And without HELLO a missing password shows here.
    if (first === undefined) await client.ping()
  } catch (error) {
    throw first ?? error
  }
  if (first !== undefined) throw first
  return client
}

function clientOptions(socket: Socket, settings: Settings, purpose: Purpose): Omit<ClientOptions, 'replyMapping'> {
  const { username, password } = purpose.credentials
  return {
    lazyConnect: true,
    Connector: connectorOf(socket),
    protocol: 3,
    db: purpose.database ?? 0,
    connectionName: `${settings.clientName}-${purpose.suffix}`,
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    ...(username === undefined ? {} : { username, password: password ?? '' }),
    ...(password === undefined ? {} : { password }),
  }
}

/** Hands ioredis a socket that is open: TLS, its errors and aborting are the same for all transports that way. */
function connectorOf(socket: Socket): new (options: unknown) => AbstractConnector {
  return class extends AbstractConnector {
    constructor() {
      super(0)
    }

    override connect(): Promise<Socket> {
      return Promise.resolve(socket)
    }

    override disconnect(): void {
      socket.destroySoon()
    }
  }
}
