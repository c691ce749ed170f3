import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a broker that breaks when the first answer has come through, as when the broker dies just then. Nobody listens afterwards. */
export async function cutAfterGreeting(
  port: number,
): Promise<AsyncDisposable & { readonly url: string; greeted(): boolean }> {
  let hasGreeted = false
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect(port, '127.0.0.1')
    for (const socket of [client, broker]) sockets.add(socket.on('error', () => undefined))
    client.pipe(broker)
    broker.once('data', (answer) => {
      hasGreeted = true
      client.write(answer)
      server.close()
      // What is asked next gets no answer.
      client
        .unpipe(broker)
        .resume()
        .once('data', () => {
          client.destroy()
          broker.destroy()
        })
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `kafka://127.0.0.1:${(server.address() as AddressInfo).port}`,
    greeted: () => hasGreeted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
