import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { longMessage } from './frames.ts'
import { Outbox } from './outbox.ts'

const FRAME_MAX = 4096
const head = { exchange: '', key: 'k' }
const server = createServer()
let socket: Socket
let peer: Socket
let outbox: Outbox

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const accepted = once(server, 'connection')
  const address = server.address()
  socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  await once(socket, 'connect')
  ;[peer] = await accepted
  outbox = new Outbox(socket, FRAME_MAX)
})

afterEach(async () => {
  socket.destroy()
  peer.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const expected = (bodies: string[]): Buffer =>
  Buffer.concat(bodies.map((body) => longMessage(1, head, Buffer.from(body), FRAME_MAX)))

async function received(size: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  peer.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    total += chunk.length
  })
  await vi.waitFor(() => expect(total).toBeGreaterThanOrEqual(size), 5_000)
  return Buffer.concat(chunks)
}

it('sends what one turn writes with one write, in order', async () => {
  const write = vi.spyOn(socket, 'write')
  const bodies = Array.from({ length: 100 }, (_, index) => `message ${index}`)
  for (const body of bodies) outbox.push(1, head, body)
  expect(await received(expected(bodies).length)).toEqual(expected(bodies))
  expect(write).toHaveBeenCalledTimes(1)
})

it('keeps the order of long messages, short ones and full pages', async () => {
  const bodies = Array.from({ length: 60 }, (_, index) => 'x'.repeat(index % 7 === 0 ? 9_000 + index : index * 20))
  for (const body of bodies) outbox.push(1, head, body)
  expect(await received(expected(bodies).length)).toEqual(expected(bodies))
})

it('has no room while the socket holds too much, and again when it has drained', async () => {
  const body = 'x'.repeat(30_000_000)
  outbox.push(1, head, body)
  expect(outbox.hasRoom).toBe(false)
  const room = outbox.room()
  await received(30_000_000)
  await room
  expect(outbox.hasRoom).toBe(true)
})

it('lets nobody wait for a socket that has closed, and drops what is written then', async () => {
  outbox.push(1, head, 'x'.repeat(30_000_000))
  const room = outbox.room()
  socket.destroy()
  await room
  expect(() => outbox.push(1, head, 'late')).not.toThrow()
})
