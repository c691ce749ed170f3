import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

// Below the ports that systems give to outgoing connections: such a connection could take the port of a broker that is
// down for a moment, even one that its own client makes to it (loopback connects to itself then).
const lowest = 15_000
const highest = 32_000

/** A TCP port on loopback that nobody listens on now. */
export async function freePort() {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found from ${lowest} to ${highest}`)
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Resolves when `isReady()` resolves with true; rejects after `timeout` ms, or when `failed()` gives a reason. */
export async function answers(port, timeout, failed = () => undefined, isReady = () => accepts(port)) {
  const deadline = Date.now() + timeout
  while (!(await isReady())) {
    const reason = failed()
    if (reason !== undefined) throw new Error(reason)
    if (Date.now() > deadline) throw new Error(`nothing answers on port ${port} after ${timeout / 1000} s`)
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
