import type { HttpScope } from '@botbus/plugin'
import { z } from 'zod'
import { name, newPassword, nothing, password, session, user as userSchema, viewOf } from './auth-schemas.ts'
import type { Gate } from './gate.ts'
import type { Identifier } from './identify.ts'
import type { Login } from './login.ts'
import type { SafetyAudit } from './safety-audit.ts'
import type { Sessions } from './sessions.ts'

export interface LoginRoutes {
  readonly gate: Gate
  readonly identifier: Identifier
  readonly login: Login
  readonly sessions: Sessions
  readonly audit: SafetyAudit
}

const TAGS = ['login']

/** Set-up, login, logout and session: what somebody without a login reaches. */
export function addLoginRoutes(scope: HttpScope, { gate, identifier, login, sessions, audit }: LoginRoutes): void {
  scope.addHook('onRequest', gate.admitOwnSite)

  const setup = {
    tags: TAGS,
    summary: 'Make the first user, with the set-up token that the server printed',
    body: z.strictObject({ token: z.string().max(100), name, password: newPassword }),
    response: { 201: userSchema },
  }
  scope.post('/setup', { schema: setup }, async (request, reply) => {
    const { token, ...credentials } = request.body
    const user = await login.setUp(request, reply, token, credentials)
    return reply.code(201).send(viewOf(user))
  })

  const enter = {
    tags: TAGS,
    summary: 'Log in; the session is in a cookie',
    body: z.strictObject({ name: z.string().max(64), password }),
    response: { 200: userSchema },
  }
  scope.post('/login', { schema: enter }, async (request, reply) => {
    return viewOf(await login.login(request, reply, request.body))
  })

  const leave = { tags: TAGS, summary: 'End the session', response: { 204: nothing } }
  scope.post('/logout', { schema: leave }, async (request, reply) => {
    const found = await sessions.find(request)
    await sessions.close(request, reply)
    if (found !== undefined) await audit.append({ actor: `user:${found.user.name}`, action: 'logout' })
    return reply.code(204).send(undefined)
  })

  const who = { tags: TAGS, summary: 'Who is logged in', response: { 200: session } }
  scope.get('/session', { schema: who }, async (request) => {
    const identity = await gate.whoIs(request)
    const setup = await identifier.hasNoUsers()
    if (identity === undefined) return { authenticated: false, scopes: [], setup }
    const { actor, selector, scopes } = identity
    return { authenticated: true, actor, scopes: [...scopes], setup, ...(selector === undefined ? {} : { selector }) }
  })
}
