import type { HttpScope } from '@botbus/plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AlertError } from '../alert-error.ts'
import type { AlertCode } from '../codes.ts'
import { NO_ROUTE, type Telemetry } from '../telemetry.ts'
import { isLoopback } from './addresses.ts'
import { type Answer, answerOfError } from './answer.ts'
import { showsCertificate } from './certificate.ts'
import type { LiveRoute } from './live-route.ts'
import type { Receiver } from './receiver.ts'

interface Parts {
  readonly routes: ReadonlyMap<string, LiveRoute>
  readonly receiver: Receiver
  readonly telemetry: Telemetry
  /** Fires when no alert is to be taken any more. */
  readonly closing: AbortSignal
}

const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const EMPTY = Buffer.alloc(0)
const RETRY_AFTER = '5'

/** `POST /{route}`: an alert or a batch of them. What can be refused without the body is refused before it is read. */
export function addWebhook(scope: HttpScope, parts: Parts): void {
  const { routes, receiver, telemetry } = parts
  const bodyLimit = Math.max(1, ...[...routes.values()].map(({ config }) => config.maxBody))
  const check = gate(parts)
  scope.route({
    method: 'POST',
    url: '/:route',
    bodyLimit,
    schema: { summary: 'An alert, or several in one body', tags: ['tradingview'] },
    onRequest: async (request, reply) => {
      const refusal = check(request)
      if (refusal) return send(reply, refusal)
      // What the sender calls the body is not asked: a word that is no content type would be refused unread.
      request.raw.headers['content-type'] = 'application/octet-stream'
    },
    handler: async (request, reply) => {
      const started = performance.now()
      const route = routes.get(nameOf(request))
      if (!route) throw new AlertError('UNKNOWN_ROUTE', 'there is no such route')
      const body = Buffer.isBuffer(request.body) ? request.body : EMPTY
      if (body.length > route.config.maxBody) throw tooLarge(route)
      const answer = await receiver.receive(route, { body, sender: request.ip, apiKey: apiKeyOf(request) })
      telemetry.answered(route.name, (performance.now() - started) / 1_000)
      return send(reply, answer)
    },
    errorHandler: async (error: unknown, request, reply) => {
      const route = routes.get(nameOf(request))
      const refused = toAlertError(error, route)
      if (refused.code !== 'TOO_LARGE' || !route) {
        telemetry.alert(route?.name ?? NO_ROUTE, refused.code)
        return send(reply, answerOfError(refused))
      }
      const post = { body: EMPTY, sender: request.ip, apiKey: undefined }
      return send(reply, await receiver.refuseUnread(route, post, refused, Date.now()))
    },
  })
  scope.route({
    method: [...OTHER_METHODS],
    url: '/:route',
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: (_, reply) => {
      reply.header('allow', 'POST')
      return send(reply, answerOfError(new AlertError('METHOD_NOT_ALLOWED', 'alerts are posted')))
    },
  })
}

/** Undefined for what may go on to the body. */
function gate({ routes, telemetry, closing }: Parts): (request: FastifyRequest) => Answer | undefined {
  const refuse = (route: string, code: AlertCode, message: string): Answer => {
    telemetry.alert(route, code)
    return answerOfError(new AlertError(code, message))
  }
  return (request) => {
    const route = routes.get(nameOf(request))
    if (closing.aborted) return refuse(route?.name ?? NO_ROUTE, 'SHUTTING_DOWN', 'the server is about to end')
    if (!route) return refuse(NO_ROUTE, 'UNKNOWN_ROUTE', 'there is no such route')
    if (!route.config.enabled) {
      telemetry.alert(route.name, 'disabled')
      return { status: 200, body: { status: 'disabled' } }
    }
    if (!route.acceptsAddress(request.ip, isLocal(request))) {
      return refuse(route.name, 'FORBIDDEN', 'the address is not on the list')
    }
    const { certificate } = route.config
    if (certificate !== false && !showsCertificate(request, certificate)) {
      return refuse(route.name, 'FORBIDDEN', 'no accepted certificate was shown')
    }
    return undefined
  }
}

/** What proxies and tunnels add: such a request was not made on this machine, although it came from there. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'cf-connecting-ip']

/** From this machine, and no proxy speaks for somebody else, be it trusted or not. */
function isLocal(request: FastifyRequest): boolean {
  if (FORWARDED.some((name) => request.headers[name] !== undefined)) return false
  return isLoopback(request.socket.localAddress ?? '127.0.0.1') && (request.ips?.length ?? 0) <= 1
}

function nameOf(request: FastifyRequest): string {
  return (request.params as { route?: string }).route ?? ''
}

function apiKeyOf({ query }: FastifyRequest): string | undefined {
  const key = (query as Record<string, unknown> | undefined)?.['api_key']
  return typeof key === 'string' ? key : undefined
}

function tooLarge({ config }: LiveRoute): AlertError {
  return new AlertError('TOO_LARGE', `the body has more than ${config.maxBody} bytes`)
}

function toAlertError(error: unknown, route: LiveRoute | undefined): AlertError {
  if (error instanceof AlertError) return error
  const { code, statusCode = 500, message } = error as { code?: string; statusCode?: number; message: string }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' && route) return tooLarge(route)
  const kind = statusCode >= 400 && statusCode < 500 ? 'UNREADABLE' : 'INTERNAL'
  return new AlertError(kind, message, { cause: error })
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  if (status === 503) reply.header('retry-after', RETRY_AFTER)
  return reply.code(status).send(body)
}
