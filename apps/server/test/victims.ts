import type { HttpScope } from '@botbus/plugin'
import { z } from 'zod'
import type { Safety } from '../src/safety/safety.ts'

/** Routes of all scopes, each of which notes in `effects` that it ran, and who ran it. */
export function addVictims(app: HttpScope, safety: Safety, effects: string[]): void {
  app.addHook('preHandler', (request, _reply, done) => {
    if (!request.is404) effects.push(`${request.method} ${request.routeOptions.url} ${request.actor}`)
    done()
  })
  app.get('/health', (request) => {
    // What a careless plugin would do.
    request.log.info({ agent: request.headers['user-agent'] }, `asked by ${request.headers['user-agent']}`)
    return { status: 'ok' }
  })
  app.register(
    async (scope: HttpScope) => {
      safety.requireScope(scope)
      scope.get('/bots', () => [])
      scope.get('/mine', { config: { honoursSelector: true } }, (request) => ({ selector: request.selector }))
      scope.post('/stop', { config: { unlimited: true } }, () => ({ stopped: true }))
      scope.post('/echo', (request) => request.body)
      scope.put('/config', { config: { scope: 'config' } }, () => ({ changed: true }))
      scope.delete('/everything', { config: { scope: 'admin' } }, () => ({ gone: true }))
      scope.get('/search', { schema: { querystring: z.object({ q: z.string().max(20).optional() }) } }, (request) => ({
        found: request.query.q ?? null,
      }))
      scope.get('/broken', () => {
        throw new Error('the password of the database is hunter2')
      })
    },
    { prefix: '/api/demo' },
  )
  app.register(
    async (scope: HttpScope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      scope.post('/alert', (request) => ({ bytes: (request.body as Buffer).length }))
    },
    { prefix: '/webhooks/demo' },
  )
}
