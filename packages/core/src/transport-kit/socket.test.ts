import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openSocket } from './socket.ts'

async function listen(onConnection: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server = createServer(onConnection).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

it('resolves with a connected socket', async () => {
  const endpoint = await listen((socket) => void socket.end('hello'))
  const socket = await openSocket(endpoint, undefined, new AbortController().signal)
  onTestFinished(() => void socket.destroy())
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  expect(bytes.toString()).toBe('hello')
})

it('rejects with the native error when nobody listens', async () => {
  const refused = openSocket({ host: '127.0.0.1', port: 1 }, undefined, new AbortController().signal)
  await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

it('leaves nothing open when it is given up while TLS is being agreed on', async () => {
  const controller = new AbortController()
  const closed = vi.fn()
  const endpoint = await listen((socket) => {
    socket.on('error', () => undefined).on('close', closed)
    // The client's first words of TLS, which nobody answers.
    socket.once('data', () => controller.abort())
  })
  await expect(openSocket(endpoint, {}, controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce())
})

it('opens nothing when it was given up before', async () => {
  const reason = new Error('too late')
  const connected = vi.fn()
  const endpoint = await listen(connected)
  await expect(openSocket(endpoint, undefined, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(connected).not.toHaveBeenCalled()
})
