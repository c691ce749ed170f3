import { redact } from '@botbus/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'pino'
import { escapeText } from './escape-text.ts'

/** Secrets that this server made, wherever they stand. */
const OWN_SECRETS = /\bbb[ts]_[A-Za-z0-9_-]{43}/g
const MAX_TEXT = 2_000

/** What is logged of a request: no header, no body, no value of the query. */
function requestFields(request: FastifyRequest): Record<string, unknown> {
  const [path = '', query] = (request.raw?.url ?? '').split('?', 2)
  return {
    method: request.method,
    path: path.slice(0, MAX_TEXT),
    ...(query === undefined ? {} : { query: 'present' }),
    address: request.ip,
  }
}

/** Errors of parsers carry what they could not read: only these fields are taken. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_TEXT)
  const { name, message, stack } = error
  const code = (error as NodeJS.ErrnoException).code
  return { name, ...(code === undefined ? {} : { code }), message: message.slice(0, MAX_TEXT), stack }
}

/**
 * Options of pino for the server's log. Values of keys that name a secret are replaced, but for those that a child logger is
 * made with; the finished line has neither control characters nor secrets of this server.
 */
export const safeLogOptions: Pick<LoggerOptions, 'serializers' | 'formatters' | 'hooks'> = {
  serializers: {
    req: requestFields,
    res: (reply: FastifyReply) => ({ statusCode: reply.statusCode }),
    err: errorFields,
    error: errorFields,
  },
  formatters: { log: redactFields },
  hooks: {
    streamWrite: (line) => escapeLine(line.replace(OWN_SECRETS, (secret) => `${secret.slice(0, 4)}[redacted]`)),
  },
}

/** Requests, replies and errors go through their serializers afterwards, which take little of them. */
const SERIALIZED = new Set(['req', 'res', 'err', 'error'])

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  const rest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) (SERIALIZED.has(name) ? safe : rest)[name] = value
  return { ...asObject(redact(rest)), ...safe }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** JSON has escaped what is below a space already; the escapes of the rest are JSON's as well. */
function escapeLine(line: string): string {
  return line.endsWith('\n') ? `${escapeText(line.slice(0, -1))}\n` : escapeText(line)
}
