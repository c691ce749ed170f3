import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** What TradingView's client certificate says of its owner. */
const NAME = 'TradingView Webhooks'
const ORGANISATION = 'TradingView, Inc.'

/**
 * Whether the sender has shown TradingView's client certificate, signed by an authority that the server was told of. Without TLS of
 * our own there is none: behind a proxy, the proxy demands it.
 */
export function showsCertificate({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false
  const subject = socket.getPeerCertificate()?.subject
  return subject?.CN === NAME && subject.O === ORGANISATION
}
