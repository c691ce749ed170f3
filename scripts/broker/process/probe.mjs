import { connect } from 'node:net'

const timeout = 3_000

/** Sends the bytes to a broker; resolves with the first it says, or `undefined` when it stays silent or is not there. */
export function firstWords(url, defaultPort, bytes) {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || defaultPort) })
    const settle = (value) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(timeout, () => settle(undefined))
    socket.once('connect', () => socket.write(bytes))
    socket.once('data', settle)
    socket.once('error', () => settle(undefined))
    socket.once('close', () => settle(undefined))
  })
}
