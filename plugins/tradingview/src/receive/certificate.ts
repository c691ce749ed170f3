import { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import type { RouteConfig } from '../config/config.ts'
import { parseSubject } from './subject.ts'

/** What TradingView's client certificate says of its owner. */
const NAME = 'TradingView Webhooks'
const ORGANISATION = 'TradingView, Inc.'

type Sender = Pick<FastifyRequest, 'raw' | 'headers' | 'ips'>

/**
 * Whether the sender has shown TradingView's client certificate, signed by an authority that we were told of: to this server, or to the
 * proxy in front of it, which says so in a header. That header counts from a trusted proxy only.
 */
export function showsCertificate(request: Sender, wanted: RouteConfig['certificate']): boolean {
  return typeof wanted === 'object' ? wasShownToProxy(request, wanted.header) : wasShownHere(request)
}

function wasShownHere({ raw: { socket } }: Sender): boolean {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false
  const subject = socket.getPeerCertificate()?.subject
  return subject?.CN === NAME && subject.O === ORGANISATION
}

function wasShownToProxy({ headers, ips = [] }: Sender, name: string): boolean {
  const value = headers[name.toLowerCase()]
  if (ips.length < 2 || typeof value !== 'string') return false
  const subject = parseSubject(value)
  return subject?.get('CN') === NAME && subject.get('O') === ORGANISATION
}
