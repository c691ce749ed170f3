import { BotbusError } from '@botbus/core'
import type { HttpScope } from '@botbus/plugin'
import { explain } from '../explain/explain.ts'
import { type GenerateOptions, generate } from '../generate/generate.ts'
import { type ApiParts, defined, refuse, TAGS as tags } from './parts.ts'
import { anyJson, errorAnswer, generated, order, question } from './schemas.ts'

const config = { scope: 'read' } as const

/** What changes nothing: what a route would do, and what it expects. */
export function addAdvice(scope: HttpScope, { routes, context }: ApiParts): void {
  const answers = { 200: anyJson, 404: errorAnswer }
  const explaining = { tags, summary: 'What a route would do with a body', body: question, response: answers }
  scope.post('/explain', { config, schema: explaining }, async ({ body }, reply) => {
    const route = routes.get(body.route)
    if (!route) return refuse(reply, 404, 'UNKNOWN_ROUTE', 'there is no such route')
    // Whether its secret is the right one is not told: it could be guessed here.
    return reply.send(JSON.parse(JSON.stringify(explain(Buffer.from(body.body), route.config, context))))
  })
  const found = { 200: generated, 400: errorAnswer, 404: errorAnswer }
  const generating = { tags, summary: 'What to enter at TradingView', querystring: order, response: found }
  scope.get('/generate', { schema: generating }, async ({ query }, reply) => {
    const { route: name, base, ...options } = query
    const route = routes.get(name)
    if (!route) return refuse(reply, 404, 'UNKNOWN_ROUTE', 'there is no such route')
    try {
      const made = generate(name, route.config, { base, ...(defined(options) as Omit<GenerateOptions, 'base'>) })
      return reply.send({ ...made, notes: [...made.notes] })
    } catch (error) {
      if (BotbusError.is(error)) return refuse(reply, 400, error.code, error.message)
      throw error
    }
  })
}
