import type { EventEmitter } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { BotbusError, messageOf } from '@botbus/core'
import { Aedes, type Client } from 'aedes'
import { guardPacketSize } from './packet-size.ts'
import { RetainedLimit } from './retained-limit.ts'

export interface EmbeddedBrokerOptions {
  /** A loopback address: the broker asks for no password. Default `127.0.0.1`. */
  host?: string
  /** Default 1883. 0 takes any free port. */
  port?: number
  /** Bytes of the largest packet. Default 1 MiB. A client that announces a larger one is cut. */
  maxPacket?: number
  /** Connections above it are closed at once. Default 1,000. */
  maxConnections?: number
  /** Called for each client that is cut because of what it did. Default: nothing is said. */
  onClientError?: (error: Error, client: string) => void
}

export interface EmbeddedBroker {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string
  readonly port: number
  /** How many connections are open. */
  readonly connections: number
  /** Ends all clients and frees the port. Idempotent: later calls return the first one's promise. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])
/** Bytes of all retained messages together. */
const RETAINED_BYTES = 64 * 1024 * 1024
/** ms that a connection may take until its CONNECT packet. */
const CONNECT_TIMEOUT = 10_000
/** ms that a client may leave its socket full: aedes holds other deliveries back meanwhile. */
const DRAIN_TIMEOUT = 5_000
/** The answer to a client that asks for MQTT 5: it falls back, and nothing is wrong. */
const UNACCEPTABLE_VERSION = 1

/**
 * Starts an MQTT 3.1.1 broker in this process, in memory: retained messages end with it, sessions with their connection.
 * Rejects with `INVALID_ARGUMENT` when the port is taken or the address is not of this machine alone.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
  const { host = '127.0.0.1', port = 1883, maxPacket = 1024 * 1024, maxConnections = 1_000, onClientError } = options
  if (!LOOPBACK.has(host)) {
    throw new BotbusError(
      'INVALID_ARGUMENT',
      `the embedded broker listens on ${[...LOOPBACK].join(', ')} only, not on ${host}, as it asks for no password: ` +
        'for other machines use a broker such as Mosquitto',
    )
  }
  const aedes = await createAedes(onClientError)
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    guardPacketSize(socket, maxPacket)
    aedes.handle(socket)
  })
  server.maxConnections = maxConnections
  try {
    await listen(server, host, port)
  } catch (error) {
    await closeAedes(aedes)
    throw error
  }
  return new RunningBroker(host, server, aedes, sockets)
}

class RunningBroker implements EmbeddedBroker {
  readonly url: string
  readonly port: number
  readonly #server: Server
  readonly #aedes: Aedes
  readonly #sockets: Set<Socket>
  #closing: Promise<void> | undefined

  constructor(host: string, server: Server, aedes: Aedes, sockets: Set<Socket>) {
    const address = server.address()
    if (address === null || typeof address === 'string')
      throw new BotbusError('INTERNAL', 'the broker has no TCP address')
    this.port = address.port
    this.url = `mqtt://${host.includes(':') ? `[${host}]` : host}:${address.port}`
    this.#server = server
    this.#aedes = aedes
    this.#sockets = sockets
  }

  get connections(): number {
    return this.#sockets.size
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await closeAedes(this.#aedes)
    // Connections that never said who they are: aedes does not know them.
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

async function createAedes(onClientError: EmbeddedBrokerOptions['onClientError']): Promise<Aedes> {
  const retained = new RetainedLimit(RETAINED_BYTES)
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT,
    drainTimeout: DRAIN_TIMEOUT,
    preConnect: (_client, packet, done) => {
      // No session outlives its connection: no queue grows for a client that is away, and no command waits for a bot.
      packet.clean = true
      done(null, true)
    },
    authorizePublish: (_client, packet, done) => {
      if (packet.topic.startsWith('$SYS/')) return done(new Error('$SYS is the topic of the broker'))
      if (!retained.accepts(packet)) return done(new Error('the broker holds too many retained messages'))
      done(null)
    },
  })
  const report = (client: Client | null, error: Error & { errorCode?: number }): void => {
    if (error.errorCode !== UNACCEPTABLE_VERSION) onClientError?.(error, client?.id ?? 'a client without id')
  }
  aedes.on('clientError', report)
  aedes.on('connectionError', report)
  const events: EventEmitter = aedes
  events.on('error', (error: Error) => report(null, error))
  return aedes
}

function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise((resolve) => aedes.close(resolve))
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    throw new BotbusError('INVALID_ARGUMENT', cannotListen(host, port, cause), { cause })
  }
}

function cannotListen(host: string, port: number, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  const other = port < 65_535 ? port + 1 : 1883
  const advice = `choose another with BOTBUS_PORT, as in: BOTBUS_PORT=${other} npm start`
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is taken by another program; ${advice}`
  if (code === 'EACCES') return `port ${port} on ${host} is not allowed to this user; ${advice}`
  return `cannot listen on port ${port} of ${host}: ${messageOf(cause)}`
}
