// Finds out before anything starts whether the ports are free.
import { createServer } from 'node:net'

export class PortError extends Error {}

export async function checkBrokerPort(port) {
  await check('127.0.0.1', port, (reason) => [
    `port ${port} on 127.0.0.1 ${reason}.`,
    `Another port:         BOTBUS_PORT=${next(port, 1883)} npm start`,
    `If it is a broker:    npm start -- --broker mqtt://127.0.0.1:${port}`,
  ])
}

export async function checkHttpPort({ host, port }) {
  await check(host, port, (reason) => [
    `port ${port} on ${host} ${reason}; it is wanted for HTTP.`,
    `Another port:         BOTBUS_HTTP_PORT=${next(port, 8080)} npm start`,
  ])
}

async function check(host, port, explain) {
  const server = createServer()
  try {
    await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, exclusive: true }, resolve)
    })
  } catch (error) {
    const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.message})`
    const lines = [...explain(reason), `To see who has it:    ss -ltnp 'sport = :${port}'`]
    throw new PortError(lines.join('\n  '))
  }
  await new Promise((resolve) => server.close(resolve))
}

function next(port, fallback) {
  return port < 65_535 ? port + 1 : fallback
}
