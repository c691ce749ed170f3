import type { IncomingMessage } from 'node:http'
import { isLoopback } from './addresses.ts'
import type { HostList } from './hosts.ts'

/** What proxies and tunnels add: such a request was not made on this machine, although it came from there. */
const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
] as const

/** Whether a request was made on this machine, under a name of this machine. */
export function isDirect(request: IncomingMessage, hosts: HostList): boolean {
  const { socket, headers } = request
  if (!isLoopback(socket.remoteAddress ?? '') || FORWARDED.some((name) => headers[name] !== undefined)) return false
  return hosts.kindOf(headers.host ?? '', socket) === 'loopback'
}
