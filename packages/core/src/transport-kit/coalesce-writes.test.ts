import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { coalesceWrites } from './coalesce-writes.ts'

describe('coalesceWrites', () => {
  let server: Server
  let socket: Socket
  const received: Buffer[] = []
  const text = (): string => Buffer.concat(received).toString()

  beforeEach(async () => {
    received.length = 0
    server = createServer((peer) => peer.on('data', (chunk) => received.push(chunk))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('the server has no address')
    socket = connect(address.port, '127.0.0.1')
    await once(socket, 'connect')
  })
  afterEach(() => {
    socket.destroy()
    server.close()
  })

  it('hands the socket one buffer for all pieces of a turn: text and bytes, in order', async () => {
    const write = vi.spyOn(socket, '_write')
    const cork = coalesceWrites(socket)
    const done: number[] = []
    for (let message = 0; message < 3; message++) {
      cork()
      socket.write(`é${message}`)
      socket.write(Buffer.from('|'), () => done.push(message))
      // Others run meanwhile, in the same turn.
      await Promise.resolve()
    }
    expect(write).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(text()).toBe('é0|é1|é2|'))
    expect(write).toHaveBeenCalledOnce()
    expect(done).toEqual([0, 1, 2])
  })

  it('lets each turn write for itself', async () => {
    const write = vi.spyOn(socket, '_write')
    const cork = coalesceWrites(socket)
    for (const message of ['a', 'b']) {
      cork()
      socket.write(message)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await vi.waitFor(() => expect(text()).toBe('ab'))
    expect(write).toHaveBeenCalledTimes(2)
  })

  it('sends what was written before the socket is ended', async () => {
    const cork = coalesceWrites(socket)
    cork()
    socket.write('last ')
    socket.end('words')
    await vi.waitFor(() => expect(text()).toBe('last words'))
  })

  it('tells each write of a socket that broke', async () => {
    const cork = coalesceWrites(socket)
    socket.on('error', () => undefined) // told to the writes too, which is what is tested
    const failures: (Error | null | undefined)[] = []
    cork()
    socket.write('a', (error) => failures.push(error))
    socket.write('b', (error) => failures.push(error))
    socket.destroy(new Error('broken'))
    await vi.waitFor(() => expect(failures).toHaveLength(2))
    expect(failures.every((failure) => failure instanceof Error)).toBe(true)
  })
})
