import { createServer } from 'node:net'
import { ProxiedConnection } from './proxied-connection.ts'

/** What happens to the bytes. */
export interface Weather {
  /** Bytes vanish, in both directions, and nobody is told: no FIN, no RST. */
  isDropping: boolean
  /** Milliseconds that every byte takes longer. */
  delay: number
  /** Bytes per second and direction; 0 is no limit. */
  rate: number
}

const FINE: Readonly<Weather> = { isDropping: false, delay: 0, rate: 0 }

/** A TCP way to a broker that goes wrong when told to. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** How many connections were accepted so far. */
  readonly accepted: number
  /** How many clients are connected. */
  readonly connections: number
  /** Where new connections lead: a port of 127.0.0.1. */
  relayTo(port: number): void
  /** From now on nothing passes, and no end is told either. New connections are accepted and stay silent. */
  drop(): void
  /** From now on every byte takes that many milliseconds longer, in each direction. */
  delay(milliseconds: number): void
  /** From now on at most so many bytes a second pass, in each direction. */
  throttle(bytesPerSecond: number): void
  /** Breaks all connections with RST. */
  reset(): void
  /** Ends all connections in order, after these bytes to the client. */
  hangUp(lastWords?: Uint8Array): void
  /** Breaks all connections, and new ones at once. */
  shut(): void
  /** Everything passes again. What was dropped stays lost: those connections are broken. */
  restore(): void
}

/** Listens on a free port of 127.0.0.1. */
export async function startTcpProxy(target?: number): Promise<TcpProxy> {
  const weather: Weather = { ...FINE }
  const connections = new Set<ProxiedConnection>()
  let to = target
  let accepted = 0
  let isShut = false
  const server = createServer((client) => {
    accepted++
    if (isShut) {
      client.resetAndDestroy()
      return
    }
    const connection = new ProxiedConnection(client, to, weather)
    connections.add(connection)
    void connection.closed.then(() => connections.delete(connection))
  })
  const reset = (): void => {
    for (const connection of connections) connection.reset()
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return {
    port: address.port,
    get accepted() {
      return accepted
    },
    get connections() {
      return connections.size
    },
    relayTo: (port) => {
      to = port
    },
    drop: () => {
      weather.isDropping = true
      for (const connection of connections) connection.isBroken = true
    },
    delay: (milliseconds) => {
      weather.delay = milliseconds
    },
    throttle: (bytesPerSecond) => {
      weather.rate = bytesPerSecond
    },
    reset,
    hangUp: (lastWords) => {
      for (const connection of connections) connection.hangUp(lastWords)
    },
    shut: () => {
      isShut = true
      reset()
    },
    restore: () => {
      isShut = false
      Object.assign(weather, FINE)
      for (const connection of connections) if (connection.isBroken) connection.reset()
    },
    async [Symbol.asyncDispose]() {
      reset()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
