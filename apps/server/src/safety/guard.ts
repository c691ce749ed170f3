import type { IncomingMessage } from 'node:http'
import type { HttpScope, Log } from '@botbus/plugin'
import helmet from '@fastify/helmet'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pathOf, refusalOf } from './errors.ts'
import type { Gate } from './gate.ts'
import { refuseHeaders } from './header-shape.ts'
import { securityHeaders } from './headers.ts'
import type { HostList } from './hosts.ts'
import { NOT_FOUND, type Refusal, type Refusals, RefusedError } from './refusal.ts'
import type { HttpExposure } from './safety.ts'
import { refuseUrl } from './url-shape.ts'

const WRONG_HOST: Refusal = {
  status: 421,
  code: 'HOST_NOT_ALLOWED',
  reason: 'host',
  message: 'the server is not meant by this name and port: add them to http.hosts if it is',
}
const PROTECTED = /^\/(?:api|auth)(?:[/?]|$)/i

export interface GuardOptions {
  readonly http: HttpExposure
  readonly isSecure: boolean
  readonly hosts: HostList
  readonly gate: Gate
  readonly refusals: Refusals
  readonly log: Log
}

/** Puts what holds for every request before an application, and one form on all its errors. */
export function guard(app: HttpScope, { http, isSecure, hosts, gate, refusals, log }: GuardOptions): void {
  app.decorateRequest('actor', '')
  app.decorateRequest('selector', undefined)
  app.register(helmet, securityHeaders(isSecure))
  // After helmet, so that refusals have its headers too.
  app.after(() => {
    app.addHook('onRequest', (request, reply, done) => {
      const refusal = refuseRequest(request.raw, hosts, http.behindProxy.length > 0)
      if (refusal === undefined) done()
      else refusals.send(reply, refusal)
    })
  })
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal !== undefined && refusal.status < 500) return refusals.send(reply, refusal)
    if (error instanceof RefusedError) return refusals.send(reply, error.refusal)
    log.error('a request failed', { err: error, method: request.method, path: pathOf(request) })
    // What is wrong with the broker or the store is told to those who may know.
    const { status = 500, code = 'INTERNAL', message } = refusal ?? {}
    const isKnown = request.actor !== '' && message !== undefined
    return reply.code(status).send({ error: isKnown ? { code, message } : { code } })
  })
  app.setNotFoundHandler(async (request, reply) => notFound(request, reply, gate, refusals))
}

/** Who is not logged in is not told what is there and what is not. */
async function notFound(
  request: FastifyRequest,
  reply: FastifyReply,
  gate: Gate,
  refusals: Refusals,
): Promise<FastifyReply> {
  if (PROTECTED.test(request.raw.url ?? '')) {
    reply.header('cache-control', 'no-store')
    await gate.admit(request, reply)
    if (reply.sent) return reply
  }
  return refusals.send(reply, NOT_FOUND)
}

function refuseRequest(request: IncomingMessage, hosts: HostList, isProxied: boolean): Refusal | undefined {
  const { headers, socket } = request
  if (hosts.kindOf(headers.host ?? '', socket) === undefined) return WRONG_HOST
  const forwarded = isProxied ? headers['x-forwarded-host'] : undefined
  if (forwarded !== undefined && hosts.kindOf(String(forwarded), socket) === undefined) return WRONG_HOST
  return refuseHeaders(request) ?? refuseUrl(request.url ?? '')
}
