import type { IncomingMessage } from 'node:http'
import { MAX_HEADERS } from './limits.ts'
import type { Refusal } from './refusal.ts'

const HEADER: Refusal = {
  status: 400,
  code: 'INVALID_HEADER',
  reason: 'header',
  message: 'a header is malformed, or is there twice',
}
const TOO_MANY: Refusal = {
  status: 431,
  code: 'TOO_MANY_HEADERS',
  reason: 'header',
  message: `more than ${MAX_HEADERS} headers`,
}
const ENCODING: Refusal = {
  status: 415,
  code: 'UNSUPPORTED_ENCODING',
  reason: 'encoding',
  message: 'compressed bodies are not accepted',
}
const METHOD: Refusal = { status: 405, code: 'METHOD_NOT_ALLOWED', reason: 'method' }
const UPGRADE: Refusal = {
  status: 400,
  code: 'UPGRADE_REFUSED',
  reason: 'upgrade',
  message: 'this server does not speak WebSocket',
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** Those that two readers could understand differently when they are there twice. */
const SINGLE = new Set([
  'host',
  'authorization',
  'origin',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'sec-fetch-site',
  'x-forwarded-host',
])

/** What is wrong with method and headers. Node itself has refused control characters, and lengths that contradict each other. */
export function refuseHeaders(request: IncomingMessage): Refusal | undefined {
  if (!METHODS.has(request.method ?? '')) return METHOD
  const { rawHeaders, headers } = request
  if (rawHeaders.length / 2 > MAX_HEADERS) return TOO_MANY
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!SINGLE.has(name)) continue
    if (seen.has(name)) return HEADER
    seen.add(name)
  }
  const transfer = headers['transfer-encoding']
  if (transfer !== undefined && (transfer.toLowerCase() !== 'chunked' || seen.has('content-length'))) return HEADER
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return ENCODING
  return headers.upgrade?.toLowerCase().includes('websocket') ? UPGRADE : undefined
}
