import type { DeadLetter, HttpScope } from '@botbus/plugin'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AlertError } from '../alert-error.ts'
import { bodyOf, statusOf } from '../receive/answer.ts'
import { type ApiParts, refuse, TAGS as tags } from './parts.ts'
import { replay } from './replay.ts'
import { errorAnswer, replayView } from './schemas.ts'

const params = z.object({ id: z.string().min(1).max(100) })
const REPLAYED = 'the letter was replayed before'

/** What is done with dead letters, each noted in the audit log before it is done. */
export function addLetters(scope: HttpScope, parts: ApiParts): void {
  const { store } = parts
  const response = { 200: replayView, 404: errorAnswer, 409: errorAnswer, 422: errorAnswer, 503: errorAnswer }
  const replaying = { tags, summary: 'Does again, once, what the letter is about', params, response }
  scope.post('/dead-letters/:id/replay', { schema: replaying }, async (request, reply) => {
    const letter = await store.deadLetters.get(request.params.id)
    if (!letter) return notFound(reply)
    if (letter.replayedAs !== undefined) return refuse(reply, 409, 'ALREADY_REPLAYED', REPLAYED)
    return replayLetter(letter, parts, request, reply)
  })
  const deleting = { tags, summary: 'Deletes the letter', params, response: { 204: z.null(), 404: errorAnswer } }
  scope.delete('/dead-letters/:id', { schema: deleting }, async (request, reply) => {
    const letter = await store.deadLetters.get(request.params.id)
    if (!letter) return notFound(reply)
    await note(parts, request, 'dead-letter.delete', letter)
    await store.deadLetters.remove(letter.id)
    return reply.code(204).send(null)
  })
}

async function replayLetter(
  letter: DeadLetter,
  parts: ApiParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const route = parts.routes.get(letter.source)
  if (!route?.config.enabled) return refuse(reply, 409, 'NO_ROUTE', 'its route is gone or disabled')
  await note(parts, request, 'dead-letter.replay', letter)
  try {
    const results = await replay(letter, route, parts)
    const failed = results.find((result) => result.kind === 'failed')
    if (failed?.kind === 'failed') throw failed.error
    const [first] = results
    const isRepeated = results.every(({ kind }) => kind === 'duplicate')
    if (isRepeated || !first || first.kind === 'failed') return refuse(reply, 409, 'ALREADY_REPLAYED', REPLAYED)
    await parts.store.deadLetters.markReplayed(letter.id, first.id)
    return reply.send({ results: results.map(bodyOf) })
  } catch (error) {
    if (error instanceof AlertError) return refuse(reply, statusOf(error.code), error.code, error.message)
    throw error
  }
}

async function note({ store }: ApiParts, { actor }: FastifyRequest, action: string, letter: DeadLetter): Promise<void> {
  const { id, source, code } = letter
  await store.audit.append({ actor, action, target: id, detail: { route: source, code } })
}

function notFound(reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, 'NOT_FOUND', 'there is no such dead letter')
}
