import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A TCP port on loopback that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Resolves when something accepts connections on the port; rejects after `timeout` ms, or when `failed()` gives a reason. */
export async function answers(port, timeout, failed = () => undefined, host = '127.0.0.1') {
  const deadline = Date.now() + timeout
  while (!(await accepts(port, host))) {
    const reason = failed()
    if (reason !== undefined) throw new Error(reason)
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port} after ${timeout / 1000} s`)
    await delay(20)
  }
  const reason = failed()
  if (reason !== undefined) throw new Error(reason)
}

export function accepts(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    const settle = (value) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(1_000, () => settle(false))
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
