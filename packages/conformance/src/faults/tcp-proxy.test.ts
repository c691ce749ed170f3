import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** A server that sends everything back, a proxy before it, and a client behind that. */
async function setUp(): Promise<{ proxy: TcpProxy; client: Socket; received: () => string; servers: Set<Socket> }> {
  const servers = new Set<Socket>()
  const server = createServer((socket) => {
    servers.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => servers.delete(socket))
    socket.pipe(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy = await startTcpProxy((server.address() as { port: number }).port)
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]()
    server.close()
  })
  const client = await open(proxy)
  let text = ''
  client.on('data', (chunk) => {
    text += String(chunk)
  })
  return { proxy, client, received: () => text, servers }
}

async function open(proxy: TcpProxy): Promise<Socket> {
  const client = connect(proxy.port, '127.0.0.1')
  client.on('error', () => undefined)
  onTestFinished(() => void client.destroy())
  await once(client, 'connect')
  return client
}

/** Also of a broken connection, whose error would reject `once`. */
function closeOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve))
}

describe('a TCP proxy', () => {
  it('passes everything in both directions, large amounts too, and counts connections', async () => {
    const { proxy, client, received, servers } = await setUp()
    client.write('x'.repeat(3_000_000))
    await vi.waitFor(() => expect(received()).toHaveLength(3_000_000), 5_000)
    await open(proxy)
    expect([proxy.accepted, proxy.connections]).toEqual([2, 2])
    client.end()
    await once(client, 'close')
    await vi.waitFor(() => expect([proxy.accepted, proxy.connections, servers.size]).toEqual([2, 1, 1]))
  })

  it('drops everything without telling anybody, and breaks what lost bytes when it is over', async () => {
    const { proxy, client, received, servers } = await setUp()
    client.write('before')
    await vi.waitFor(() => expect(received()).toBe('before'))
    proxy.drop()
    client.write('lost')
    const silent = await open(proxy)
    silent.write('lost too')
    const [server] = servers
    client.end()
    await vi.waitFor(() => expect(client.writableFinished).toBe(true))
    expect(server?.destroyed).toBe(false)
    const broken = Promise.all([closeOf(silent), closeOf(server as Socket)])
    proxy.restore()
    await broken
    expect(received()).toBe('before')
    const again = await open(proxy)
    again.write('after')
    expect(String((await once(again, 'data'))[0])).toBe('after')
  })

  it('delays each byte and keeps their order', async () => {
    const { proxy, client, received } = await setUp()
    proxy.delay(50)
    const started = performance.now()
    for (const text of ['a', 'b', 'c']) {
      client.write(text)
      await new Promise(setImmediate)
    }
    await vi.waitFor(() => expect(received()).toBe('abc'))
    expect(performance.now() - started).toBeGreaterThan(95)
    proxy.restore()
    client.write('d')
    await vi.waitFor(() => expect(received()).toBe('abcd'))
  })

  it('throttles', async () => {
    const { proxy, client, received } = await setUp()
    proxy.throttle(100_000)
    const started = performance.now()
    client.write('x'.repeat(20_000))
    await vi.waitFor(() => expect(received()).toHaveLength(20_000), 5_000)
    expect(performance.now() - started).toBeGreaterThan(195)
  })

  it('resets: the client sees a broken connection, and so does the server', async () => {
    const { proxy, client, servers } = await setUp()
    client.write('x')
    await once(client, 'data')
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve))
    proxy.reset()
    expect((await failed).code).toBe('ECONNRESET')
    await vi.waitFor(() => expect(servers.size).toBe(0))
    await vi.waitFor(() => expect(proxy.connections).toBe(0))
  })

  it('hangs up in order, after its last words', async () => {
    const { proxy, client, received } = await setUp()
    const ended = once(client, 'end')
    proxy.hangUp(Buffer.from('bye'))
    await ended
    expect(received()).toBe('bye')
  })

  it('breaks new connections while it is shut', async () => {
    const { proxy, client } = await setUp()
    const closed = closeOf(client)
    proxy.shut()
    await closed
    const refused = connect(proxy.port, '127.0.0.1')
    refused.on('error', () => undefined)
    await closeOf(refused)
    expect(proxy.accepted).toBe(2)
    proxy.restore()
    const again = await open(proxy)
    again.write('after')
    expect(String((await once(again, 'data'))[0])).toBe('after')
  })
})
