import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { authority, type Certificate, certificate } from './certificates.ts'
import type { Posted } from './host.ts'

export interface Parties {
  readonly ca: Certificate
  readonly server: Certificate
  /** As TradingView shows it. */
  readonly tradingview: Certificate
}

export async function makeParties(): Promise<Parties> {
  const ca = await authority('an authority')
  const server = await certificate(ca, '127.0.0.1')
  return { ca, server, tradingview: await certificate(ca, 'TradingView Webhooks', 'TradingView, Inc.') }
}

/** As the server listens: whoever shows no certificate is let in, and the route decides. */
export function httpsOptions({ ca, server }: Parties): object {
  return { https: { ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: false } }
}

/** Posts like TradingView does; the content type is `application/json` only for what is JSON. */
export async function postTls(
  port: number,
  route: string,
  body: string,
  { ca }: Parties,
  client?: Certificate,
): Promise<Posted> {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: `/webhooks/tradingview/${route}`,
    method: 'POST',
    ca: ca.cert,
    headers: { 'content-type': isJson(body) ? 'application/json' : 'text/plain' },
    ...(client ?? {}),
  })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Sent as plain text then, as TradingView does.
    return false
  }
}
