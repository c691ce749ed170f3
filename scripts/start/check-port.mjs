// Finds out before anything starts whether the port of the broker is free.
import { createServer } from 'node:net'

export class PortError extends Error {}

export async function checkPort(port) {
  const server = createServer()
  try {
    await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
    })
  } catch (error) {
    const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.message})`
    throw new PortError(
      `port ${port} on 127.0.0.1 ${reason}.\n` +
        `  Another port:         BOTBUS_PORT=${port < 65_535 ? port + 1 : 1883} npm start\n` +
        `  If it is a broker:    npm start -- --broker mqtt://127.0.0.1:${port}\n` +
        `  To see who has it:    ss -ltnp 'sport = :${port}'`,
    )
  }
  await new Promise((resolve) => server.close(resolve))
}
