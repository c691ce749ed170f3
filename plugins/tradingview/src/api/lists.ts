import type { DeadLetter, HttpScope, InboxEntry, PluginStore } from '@botbus/plugin'
import { z } from 'zod'
import type { LiveRoute } from '../receive/live-route.ts'
import { type ApiParts, defined, TAGS as tags } from './parts.ts'
import { alertView, letterPage, letterView, page, routeView } from './schemas.ts'

/** What there is, newest first. */
export function addLists(scope: HttpScope, { routes, store }: ApiParts): void {
  const listing = { tags, summary: 'The routes that take alerts', response: { 200: z.array(routeView) } }
  scope.get('/routes', { schema: listing }, () => [...routes.values()].map(viewOfRoute))
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

function viewOfRoute({ name, config }: LiveRoute): z.output<typeof routeView> {
  const { enabled, dryRun, format, dropIn, unavailable, rules } = config
  const names = rules.map((rule, index) => rule.name ?? `rule ${index + 1}`)
  return { name, enabled, dryRun, format, unavailable, rules: names, ...(dropIn === undefined ? {} : { dropIn }) }
}

async function viewOfAlert(entry: InboxEntry, store: PluginStore): Promise<z.output<typeof alertView>> {
  const { id, source, receivedAt, sender, content } = entry
  const executions = await store.executions.list({ cause: id, limit: 1_000 })
  return { id, route: source, receivedAt, sender, content, executions: executions.toReversed() }
}

function viewOfLetter({ source, ...letter }: DeadLetter): z.output<typeof letterView> {
  return { ...letter, route: source }
}
