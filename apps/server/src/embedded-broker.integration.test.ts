import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { openBus } from '@botbus/config'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EmbeddedBroker, startEmbeddedBroker } from './embedded-broker.ts'

const CONNECT = Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61])
const onClientError = vi.fn<(error: Error, client: string) => void>()
const SUBSCRIBE = Buffer.from([0x82, 8, 0, 1, 0, 3, ...Buffer.from('a/#'), 1])
let broker: EmbeddedBroker
beforeEach(async () => {
  onClientError.mockClear()
  broker = await startEmbeddedBroker({ port: 0, maxPacket: 100_000, maxConnections: 50, onClientError })
})
afterEach(() => broker.close())

/** A raw client that collects what went wrong with its socket. */
async function raw(): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function ended(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

/** Another client is still served: it subscribes, publishes and gets its own message. */
async function expectToServe(): Promise<void> {
  const message = Buffer.from([0x30, 7, 0, 3, ...Buffer.from('a/b'), 0x31, 0x32])
  const socket = await raw()
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  socket.write(Buffer.concat([CONNECT, SUBSCRIBE]))
  await vi.waitFor(() => expect(Buffer.concat(received)).toHaveLength(4 + 5))
  socket.write(message)
  await vi.waitFor(() => expect(Buffer.concat(received).subarray(9)).toEqual(message))
  socket.destroy()
}

describe('the embedded broker', () => {
  it('carries publish, subscribe and calls between clients', async () => {
    await using server = await openBus(broker.url)
    await using client = await openBus(broker.url)
    await server.serve('hbot/a/status', (request) => ({ echo: request }))
    expect(await client.call('hbot/a/status', { n: 1 })).toEqual({ echo: { n: 1 } })
  })

  it.each([
    ['bytes that are no MQTT', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a packet before CONNECT', Buffer.from([0xc0, 0])],
    ['CONNECT with a wrong protocol name', Buffer.from([0x10, 6, 0, 4, 0x58, 0x58, 0x58, 0x58])],
    ['a second CONNECT', Buffer.concat([CONNECT, CONNECT])],
    ['a reserved packet type', Buffer.concat([CONNECT, Buffer.from([0xf0, 0])])],
    ['PUBLISH with both QoS bits', Buffer.concat([CONNECT, Buffer.from([0x36, 3, 0, 1, 0x61])])],
    ['PUBLISH to a pattern', Buffer.concat([CONNECT, Buffer.from([0x30, 3, 0, 1, 0x23])])],
    [
      'PUBLISH whose topic is longer than the packet',
      Buffer.concat([CONNECT, Buffer.from([0x30, 3, 0xff, 0xff, 0x61])]),
    ],
    ['PUBLISH under $SYS', Buffer.concat([CONNECT, Buffer.from([0x30, 8, 0, 6, ...Buffer.from('$SYS/a')])])],
    ['SUBSCRIBE to nothing', Buffer.concat([CONNECT, Buffer.from([0x82, 2, 0, 1])])],
    ['a length of five bytes', Buffer.concat([CONNECT, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1])])],
  ])('cuts a client that sends %s, and serves the others', async (_, bytes) => {
    const socket = await raw()
    socket.write(bytes)
    await ended(socket)
    expect(onClientError).toHaveBeenCalled()
    await expectToServe()
  })

  it('cuts a client that announces a huge packet before its bytes arrive', async () => {
    const socket = await raw()
    socket.write(Buffer.concat([CONNECT, Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f])]))
    await ended(socket)
    expect(onClientError.mock.lastCall?.[0].message).toContain('more than 100000 bytes')
    await expectToServe()
  })

  it('survives clients that leave in the middle of a packet', async () => {
    for (let length = 1; length < CONNECT.length; length++) {
      const socket = await raw()
      socket.write(CONNECT.subarray(0, length))
      if (length % 2) socket.resetAndDestroy()
      else socket.end()
    }
    await vi.waitFor(() => expect(broker.connections).toBe(0))
    await expectToServe()
  })

  it('survives 2,000 packets that were changed by chance', async () => {
    const seed = Date.now() % 1e6
    const random = generator(seed)
    const base = Buffer.concat([CONNECT, SUBSCRIBE, Buffer.from([0x32, 7, 0, 3, 0x61, 0x2f, 0x62, 0, 1, 0xc0, 0])])
    for (let round = 0; round < 200; round++) {
      const sockets = await Promise.all(Array.from({ length: 10 }, raw))
      for (const socket of sockets) {
        const bytes = Buffer.from(base)
        const first = random() < 0.5 ? CONNECT.length : 0
        for (let change = 0; change < 4; change++) {
          bytes[first + Math.floor(random() * (bytes.length - first))] = Math.floor(random() * 256)
        }
        socket.end(bytes)
      }
      await Promise.all(sockets.map(ended))
    }
    await expectToServe().catch((cause: unknown) => expect.fail(`seed ${seed}: ${String(cause)}`))
  })

  it('refuses more connections than it may hold, and takes new ones when others have left', async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, raw))
    await ended(await raw())
    for (const socket of sockets) socket.destroy()
    await vi.waitFor(() => expect(broker.connections).toBe(0))
    await expectToServe()
  })

  it('keeps nothing for a client that is away', async () => {
    const persistent = Buffer.from(CONNECT)
    persistent[9] = 0
    const first = await raw()
    first.write(Buffer.concat([persistent, SUBSCRIBE]))
    await vi.waitFor(() => expect(first.bytesRead).toBe(4 + 5))
    first.destroy()
    await vi.waitFor(() => expect(broker.connections).toBe(0))
    const other = await raw()
    other.write(Buffer.concat([CONNECT, Buffer.from([0x32, 7, 0, 3, ...Buffer.from('a/b'), 0, 9])]))
    await vi.waitFor(() => expect(other.bytesRead).toBe(4 + 4))
    other.destroy()
    const second = await raw()
    second.write(Buffer.concat([persistent, Buffer.from([0xc0, 0])]))
    const received: Buffer[] = []
    second.on('data', (chunk: Buffer) => received.push(chunk))
    // CONNACK without a session, then the answer to the ping: no message between them.
    await vi.waitFor(() => expect(Buffer.concat(received)).toEqual(Buffer.from([0x20, 2, 0, 0, 0xd0, 0])))
    second.destroy()
  })

  it('sends small packets at once', async () => {
    await using server = await openBus(broker.url)
    await using client = await openBus(broker.url)
    await server.serve('hbot/a/status', () => ({}))
    await client.call('hbot/a/status', {})
    const started = performance.now()
    for (let call = 0; call < 20; call++) await client.call('hbot/a/status', {})
    // Nagle's algorithm against delayed acknowledgements would make each call take 40 ms and more.
    expect((performance.now() - started) / 20).toBeLessThan(20)
  })
})

describe('starting and closing', () => {
  it('says which port is taken and how to choose another', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(startEmbeddedBroker({ port })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(
        new RegExp(`^port ${port} on 127.0.0.1 is taken.*BOTBUS_PORT=${port + 1} npm start$`),
      ),
    })
    other.close()
  })

  it('refuses to listen for other machines', async () => {
    await expect(startEmbeddedBroker({ host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' })
  })

  it('ends all clients, also those that said nothing, and frees the port', async () => {
    const silent = await raw()
    const half = await raw()
    half.write(CONNECT.subarray(0, 5))
    const known = await raw()
    known.write(CONNECT)
    await once(known, 'data')
    await Promise.all([broker.close(), broker.close(), ended(silent), ended(half), ended(known)])
    expect(broker.connections).toBe(0)
    const again = await startEmbeddedBroker({ port: broker.port })
    await again.close()
  })
})

/** Numbers from 0 to 1 that depend on the seed alone. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
