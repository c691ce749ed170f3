import type { DeadLetter, HttpScope, InboxEntry, PluginStore } from '@botbus/plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AlertError } from '../alert-error.ts'
import type { Acceptor } from '../receive/acceptor.ts'
import { bodyOf, statusOf } from '../receive/answer.ts'
import type { LiveRoute } from '../receive/live-route.ts'
import type { PlanContext } from '../rules/plan-context.ts'
import { replay } from './replay.ts'
import { alertView, errorAnswer, letterPage, letterView, page, replayView, routeView } from './schemas.ts'

export interface ApiParts {
  readonly routes: ReadonlyMap<string, LiveRoute>
  readonly store: PluginStore
  readonly acceptor: Acceptor
  readonly context: PlanContext
}

const tags = ['tradingview']
const letterId = z.object({ id: z.string().min(1).max(100) })

/** What operators see and do, behind the login of the server. */
export function addApi(scope: HttpScope, parts: ApiParts): void {
  addLists(scope, parts)
  addLetters(scope, parts)
}

function addLists(scope: HttpScope, { routes, store }: ApiParts): void {
  scope.get(
    '/routes',
    { schema: { tags, summary: 'The routes that take alerts', response: { 200: z.array(routeView) } } },
    () => [...routes.values()].map(viewOfRoute),
  )
  const schema = { tags, summary: 'Alerts, newest first, and what became of them', querystring: page }
  scope.get('/alerts', { schema: { ...schema, response: { 200: z.array(alertView) } } }, async ({ query }) => {
    const { limit, before, route } = query
    const entries = await store.inbox.list({ limit, ...defined({ before, source: route }) })
    return Promise.all(entries.map((entry) => viewOfAlert(entry, store)))
  })
  const letters = { tags, summary: 'Dead letters, newest first', querystring: letterPage }
  scope.get('/dead-letters', { schema: { ...letters, response: { 200: z.array(letterView) } } }, async ({ query }) => {
    const { limit, before, route, code } = query
    const found = await store.deadLetters.list({ limit, ...defined({ before, source: route, code }) })
    return found.map(viewOfLetter)
  })
}

function addLetters(scope: HttpScope, parts: ApiParts): void {
  const { store } = parts
  const response = { 200: replayView, 404: errorAnswer, 409: errorAnswer, 422: errorAnswer, 503: errorAnswer }
  const schema = { tags, summary: 'Does again, once, what the letter is about', params: letterId, response }
  scope.post('/dead-letters/:id/replay', { schema }, async (request, reply) => {
    const letter = await store.deadLetters.get(request.params.id)
    if (!letter) return refuse(reply, 404, 'NOT_FOUND', 'there is no such dead letter')
    if (letter.replayedAs !== undefined) return refuse(reply, 409, 'ALREADY_REPLAYED', 'the letter was replayed before')
    return replayLetter(letter, parts, request, reply)
  })
  const removal = {
    tags,
    summary: 'Deletes the letter',
    params: letterId,
    response: { 204: z.null(), 404: errorAnswer },
  }
  scope.delete('/dead-letters/:id', { schema: removal }, async (request, reply) => {
    const { id } = request.params
    const letter = await store.deadLetters.get(id)
    if (!letter) return refuse(reply, 404, 'NOT_FOUND', 'there is no such dead letter')
    const detail = { route: letter.source, code: letter.code }
    await store.audit.append({ actor: request.actor, action: 'dead-letter.delete', target: id, detail })
    await store.deadLetters.remove(id)
    return reply.code(204).send(null)
  })
}

async function replayLetter(letter: DeadLetter, parts: ApiParts, request: FastifyRequest, reply: FastifyReply) {
  const { routes, store } = parts
  const route = routes.get(letter.source)
  if (!route?.config.enabled) return refuse(reply, 409, 'NO_ROUTE', 'its route is gone or disabled')
  const detail = { route: letter.source, code: letter.code }
  // Before anything is done: what is not in the audit log does not happen.
  await store.audit.append({ actor: request.actor, action: 'dead-letter.replay', target: letter.id, detail })
  try {
    const results = await replay(letter, route, parts)
    const failed = results.find((result) => result.kind === 'failed')
    if (failed?.kind === 'failed') return refuseAlert(reply, failed.error)
    if (results.every(({ kind }) => kind === 'duplicate')) {
      return refuse(reply, 409, 'ALREADY_REPLAYED', 'the letter was replayed before')
    }
    const [first] = results
    if (first && first.kind !== 'failed') await store.deadLetters.markReplayed(letter.id, first.id)
    return reply.send({ results: results.map(bodyOf) })
  } catch (error) {
    if (error instanceof AlertError) return refuseAlert(reply, error)
    throw error
  }
}

function refuseAlert(reply: FastifyReply, { code, message }: AlertError): FastifyReply {
  return refuse(reply, statusOf(code), code, message)
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } })
}

function viewOfRoute({ name, config }: LiveRoute): z.output<typeof routeView> {
  const { enabled, dryRun, format, dropIn, unavailable, rules } = config
  const names = rules.map((rule, index) => rule.name ?? `rule ${index + 1}`)
  return { name, enabled, dryRun, format, unavailable, rules: names, ...(dropIn === undefined ? {} : { dropIn }) }
}

async function viewOfAlert(entry: InboxEntry, store: PluginStore): Promise<z.output<typeof alertView>> {
  const { id, source, receivedAt, sender, content } = entry
  const executions = await store.executions.list({ cause: id, limit: 1_000 })
  return { id, route: source, receivedAt, sender, content, executions: [...executions].reverse() }
}

function viewOfLetter({ source, ...letter }: DeadLetter): z.output<typeof letterView> {
  return { ...letter, route: source }
}

function defined<Value extends object>(value: Value): { [Key in keyof Value]?: NonNullable<Value[Key]> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Value as never
}
