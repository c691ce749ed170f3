import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { BusOptions } from '@botbus/core'
import { Aedes, type AedesOptions } from 'aedes'
import { startMosquitto } from '../../../scripts/broker/mosquitto/mosquitto.mjs'
import { type RecordingBus, recordingBus } from '../../../tests/support/recording-bus.ts'
import { type MqttOptions, mqtt } from '../src/index.ts'

export { failure, nextState } from '../../../tests/support/recording-bus.ts'

export interface Broker extends AsyncDisposable {
  readonly url: string
}

/** The brokers and versions that every promise holds for. */
export const BROKERS: readonly {
  name: string
  /** The version that is agreed on. */
  version: 4 | 5
  start: () => Promise<Broker>
  options: Pick<MqttOptions, 'protocolVersion'>
}[] = [
  { name: 'Mosquitto, MQTT 5', version: 5, start: () => startMosquitto(), options: {} },
  { name: 'Mosquitto, MQTT 3.1.1', version: 4, start: () => startMosquitto(), options: { protocolVersion: 4 } },
  { name: 'aedes, MQTT 3.1.1', version: 4, start: startAedes, options: {} },
]

/** The embedded broker, in this process. */
export async function startAedes(
  options: AedesOptions = {},
  ownPort = 0,
): Promise<Broker & { dropClients(): void; connections(): number }> {
  const broker = await Aedes.createBroker(options)
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    broker.handle(socket)
  })
  const port = await listen(server, ownPort)
  return {
    url: `mqtt://127.0.0.1:${port}`,
    connections: () => connections,
    dropClients: () => {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => broker.close(() => resolve()))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A bus that records what it observes, and closes with its block. */
export function open(options: MqttOptions, busOptions: BusOptions = {}): Promise<RecordingBus> {
  return recordingBus(mqtt(options), busOptions)
}

/** A way to a broker that can say things of its own and hang up. */
export async function startProxy(
  port: number,
): Promise<{ url: string; hangUp(lastWords?: Uint8Array): void } & AsyncDisposable> {
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = createConnection({ port, host: '127.0.0.1' })
    clients.add(client)
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.once('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.once('close', () => client.destroy())
  })
  const own = await listen(server)
  const hangUp = (lastWords = new Uint8Array()): void => {
    for (const client of clients) client.end(lastWords)
  }
  return {
    url: `mqtt://127.0.0.1:${own}`,
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A port on which every connection stays silent. */
export async function startSilentServer(): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  const port = await listen(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
}
