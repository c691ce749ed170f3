import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A TCP relay in front of a broker that a test may shut: decides who is back first after a restart. */
export interface Gate {
  readonly url: string
  open(): void
  /** Breaks the connections; new ones break at once. */
  shut(): void
}

export async function gate(port: number): Promise<Gate> {
  const sockets = new Set<Socket>()
  let isOpen = true
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A broken link is what this is for; the close that follows is all that counts.
    socket.on('error', () => undefined)
  }
  const server = createServer((client) => {
    keep(client)
    if (!isOpen) {
      client.destroy()
      return
    }
    const broker = connect(port, '127.0.0.1')
    keep(broker)
    client.pipe(broker).pipe(client)
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const)
      one.on('close', () => other.destroy())
  })
  const shut = (): void => {
    isOpen = false
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    shut()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the gate has no port')
  return { url: `mqtt://127.0.0.1:${address.port}`, open: () => (isOpen = true), shut }
}
