import type { HttpScope } from '@botbus/plugin'
import type { Accounts, Token } from '@botbus/store'
import { z } from 'zod'
import { id, newToken, nothing, type TokenView, token as tokenSchema, tokenWithText } from './auth-schemas.ts'
import { taken } from './login.ts'
import { NOT_FOUND, RefusedError } from './refusal.ts'
import type { SafetyAudit } from './safety-audit.ts'
import { hashOf, newSecret, SECRET_PREFIXES } from './secrets.ts'

const TAGS = ['tokens']

/** API tokens, for admins. The text of a token is shown once, when it is made. */
export function addTokenRoutes(scope: HttpScope, accounts: Accounts, audit: SafetyAudit, now: () => number): void {
  const list = { tags: TAGS, summary: 'All API tokens, without their text', response: { 200: z.array(tokenSchema) } }
  scope.get('/tokens', { schema: list, config: { scope: 'admin' } }, async () => {
    return (await accounts.tokens.list()).map(shown)
  })

  const make = {
    tags: TAGS,
    summary: 'Make an API token; its text is in this answer only',
    body: newToken,
    response: { 201: tokenWithText },
  }
  scope.post('/tokens', { schema: make, config: { scope: 'admin' } }, async (request, reply) => {
    const { expiresIn, selector, ...given } = request.body
    const secret = newSecret(SECRET_PREFIXES.token)
    const made = await accounts.tokens
      .create({
        ...given,
        tokenHash: hashOf(secret),
        ...(selector === undefined ? {} : { selector }),
        ...(expiresIn === undefined ? {} : { expiresAt: now() + expiresIn * 1_000 }),
      })
      .catch((error: unknown) => {
        throw taken(error, 'token')
      })
    await audit.append({
      actor: request.actor,
      action: 'token.create',
      target: `token:${made.name}`,
      detail: { scopes: made.scopes, ...(selector === undefined ? {} : { selector }) },
    })
    return reply.code(201).send({ ...shown(made), token: secret })
  })

  const drop = {
    tags: TAGS,
    summary: 'End an API token',
    params: z.strictObject({ id }),
    response: { 204: nothing },
  }
  scope.delete('/tokens/:id', { schema: drop, config: { scope: 'admin' } }, async (request, reply) => {
    const found = await accounts.tokens.get(request.params.id)
    if (found === undefined || !(await accounts.tokens.remove(found.id))) throw new RefusedError(NOT_FOUND)
    await audit.append({ actor: request.actor, action: 'token.remove', target: `token:${found.name}` })
    return reply.code(204).send(undefined)
  })
}

/** Without the hash. */
function shown({ id, name, scopes, selector, createdAt, expiresAt, lastUsedAt }: Token): TokenView {
  return { id, name, scopes, selector, createdAt, expiresAt, lastUsedAt }
}
