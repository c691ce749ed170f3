import type { HttpScope } from '@botbus/plugin'
import swagger from '@fastify/swagger'
import fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import {
  createJsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Safety } from '../safety/safety.ts'

export interface AppOptions {
  readonly log: FastifyBaseLogger
  readonly safety: Pick<Safety, 'guardAll' | 'refuseUnreadable'>
  /** Addresses and CIDRs of proxies whose `X-Forwarded-For` is believed. */
  readonly behindProxy: readonly string[]
  /** Bytes of the largest body. */
  readonly bodyLimit: number
  /** Called for each answer. `route` is the pattern, never the path. */
  readonly onAnswer: (route: string, method: string, status: number) => void
}

/** One application: it never listens itself, the front hands it requests. Routes take zod schemas. */
export async function createApp({ log, safety, behindProxy, bodyLimit, onAnswer }: AppOptions): Promise<HttpScope> {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    trustProxy: behindProxy.length === 0 ? false : [...behindProxy],
    // A plugin may take its time to start; its host watches the time.
    pluginTimeout: 0,
    requestIdHeader: false,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    frameworkErrors: safety.refuseUnreadable,
  }).withTypeProvider<ZodTypeProvider>()
  // First of all: no request reaches anything else before it.
  safety.guardAll(app)
  app.addHook('onResponse', (request, reply, done) => {
    onAnswer(request.routeOptions.url ?? 'none', request.method, reply.statusCode)
    done()
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Botbus', version: '1' } },
    transform: createJsonSchemaTransform({ skipList: [] }),
  })
  return app
}
