import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'

export interface Attack {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Anything but text is sent as JSON. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** What the body is as JSON. */
  readonly json: unknown
}

/** Sends one request on a connection of its own. */
export async function send(port: number, { method = 'GET', path, headers = {}, body }: Attack): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { ...type, ...length, ...(headers as Record<string, string | string[]>) },
  })
  outgoing.end(text)
  const [incoming] = await once(outgoing, 'response')
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const answer = Buffer.concat(chunks).toString()
  const isJson = String(incoming.headers['content-type']).startsWith('application/json')
  return {
    status: incoming.statusCode,
    headers: incoming.headers,
    body: answer,
    json: isJson && answer !== '' ? JSON.parse(answer) : undefined,
  }
}

/** Writes bytes that no HTTP client would, and resolves to all that comes back until the server ends the connection. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  // A server that refuses may reset the connection: what it said before that counts.
  socket.on('error', () => undefined)
  socket.write(Buffer.from(bytes, 'latin1'))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}
