import type { PluginStore } from '@botbus/plugin'
import type { FastifyReply } from 'fastify'
import type { ExplainContext } from '../explain/warnings.ts'
import type { Acceptor } from '../receive/acceptor.ts'
import type { LiveRoute } from '../receive/live-route.ts'

/** What the API works with. */
export interface ApiParts {
  readonly routes: ReadonlyMap<string, LiveRoute>
  readonly store: PluginStore
  readonly acceptor: Acceptor
  readonly context: ExplainContext
}

/** In the document of the API. */
export const TAGS: string[] = ['tradingview']

export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } })
}

/** Without what is undefined. */
export function defined<Value extends object>(value: Value): { [Key in keyof Value]?: NonNullable<Value[Key]> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Value]?: NonNullable<Value[Key]> }
}
