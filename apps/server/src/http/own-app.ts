import type { HttpScope } from '@botbus/plugin'
import swaggerUi from '@fastify/swagger-ui'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import type { Safety } from '../safety/safety.ts'
import { type AppOptions, createApp } from './app.ts'
import { mergeDocuments } from './openapi.ts'

const BODY_LIMIT = 64 * 1024
const TAGS = ['server']

interface Part {
  readonly ok: boolean
  readonly state?: string | undefined
}

export interface Readiness {
  readonly ready: boolean
  readonly bus: Part
  readonly store: Part
  readonly plugins: Readonly<Record<string, Part>>
}

const part = z.object({ ok: z.boolean(), state: z.string().optional() })
const readiness = z.object({ ready: z.boolean(), bus: part, store: part, plugins: z.record(z.string(), part) })

/** Scripts and styles from this server only, and none in the page. */
const DOCS_CSP = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  'img-src': ["'self'", 'data:'],
  'script-src': ["'self'"],
  // Swagger UI sets style attributes; a style cannot run code.
  'style-src': ["'self'", "'unsafe-inline'"],
}

export interface OwnAppOptions extends Omit<AppOptions, 'bodyLimit'> {
  readonly safety: Safety
  readonly registry: Registry
  readonly readiness: () => Promise<Readiness>
  /** The documents of the plugins' applications. */
  readonly documents: () => object[]
}

/** The server's own application: health for everybody; metrics and documents behind the login; the login itself. */
export async function createOwnApp(options: OwnAppOptions): Promise<HttpScope> {
  const app = await createApp({ ...options, bodyLimit: BODY_LIMIT })
  options.safety.routes(app)
  addStatus(app, options)
  await app.register(async (scope: HttpScope) => {
    options.safety.requireScope(scope)
    await addDocuments(scope, app, options)
  })
  await app.ready()
  return app
}

async function addDocuments(scope: HttpScope, app: HttpScope, { registry, documents }: OwnAppOptions): Promise<void> {
  const document = (): object => mergeDocuments([app.swagger(), ...documents()])
  scope.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => reply.send(document()))
  scope.get('/metrics', { schema: { tags: TAGS, summary: 'Metrics for Prometheus' } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    transformSpecification: () => document() as Readonly<Record<string, unknown>>,
    transformSpecificationClone: false,
  })
}

function addStatus(app: HttpScope, { readiness: read }: OwnAppOptions): void {
  const lives = z.object({ status: z.literal('ok') })
  const health = { schema: { tags: TAGS, summary: 'The process lives', response: { 200: lives } } }
  app.get('/health', health, () => ({ status: 'ok' as const }))
  const schema = {
    tags: TAGS,
    summary: 'The broker is connected, the store answers, every plugin runs',
    response: { 200: readiness, 503: readiness },
  }
  app.get('/ready', { schema }, async (_request, reply) => {
    const answer = await read()
    return reply.code(answer.ready ? 200 : 503).send(answer)
  })
}
