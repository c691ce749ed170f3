import type { HttpScope } from '@botbus/plugin'
import type { Accounts, User } from '@botbus/store'
import { z } from 'zod'
import { id, name, newPassword, nothing, password, scopes, user as userSchema, viewOf } from './auth-schemas.ts'
import type { Gate } from './gate.ts'
import { type Login, taken } from './login.ts'
import type { Passwords } from './passwords.ts'
import { FORBIDDEN, NOT_FOUND, type Refusal, RefusedError } from './refusal.ts'
import type { SafetyAudit } from './safety-audit.ts'
import { granted } from './scopes.ts'

export interface UserRoutes {
  readonly accounts: Accounts
  readonly audit: SafetyAudit
  readonly gate: Gate
  readonly login: Login
  readonly passwords: Passwords
}

const TAGS = ['users']
const LAST_ADMIN: Refusal = {
  status: 409,
  code: 'LAST_ADMIN',
  reason: 'invalid',
  message: 'this is the last user with the scope admin: without one, nobody could make another',
}

/** Users, for admins; and one's own password. */
export function addUserRoutes(scope: HttpScope, { accounts, audit, gate, login, passwords }: UserRoutes): void {
  const inTurn = oneAfterAnother()
  const { users } = accounts

  const list = { tags: TAGS, summary: 'All users', response: { 200: z.array(userSchema) } }
  scope.get('/users', { schema: list, config: { scope: 'admin' } }, async () => (await users.list()).map(viewOf))

  const make = {
    tags: TAGS,
    summary: 'Make a user',
    body: z.strictObject({ name, password: newPassword, scopes: scopes.default(['admin']) }),
    response: { 201: userSchema },
  }
  scope.post('/users', { schema: make, config: { scope: 'admin' } }, async (request, reply) => {
    const { password: chosen, ...given } = request.body
    const passwordHash = await passwords.hash(chosen)
    const made = await users.create({ ...given, passwordHash }).catch((error: unknown) => {
      throw taken(error, 'user')
    })
    const detail = { scopes: made.scopes }
    await audit.append({ actor: request.actor, action: 'user.create', target: `user:${made.name}`, detail })
    return reply.code(201).send(viewOf(made))
  })

  const change = {
    tags: TAGS,
    summary: 'Change the password or the scopes of a user; a new password ends its sessions',
    params: z.strictObject({ id }),
    body: z.strictObject({ password: newPassword.optional(), scopes: scopes.optional() }),
    response: { 204: nothing },
  }
  scope.patch('/users/:id', { schema: change, config: { scope: 'admin' } }, async (request, reply) => {
    const { password: chosen, scopes: wanted } = request.body
    const found = await users.get(request.params.id)
    if (found === undefined) throw new RefusedError(NOT_FOUND)
    const passwordHash = chosen === undefined ? undefined : await passwords.hash(chosen)
    await inTurn(async () => {
      if (wanted !== undefined && !granted(wanted).has('admin')) await assertNotLastAdmin(accounts, found)
      const changes = { ...(passwordHash ? { passwordHash } : {}), ...(wanted ? { scopes: wanted } : {}) }
      if (!(await users.update(found.id, changes))) throw new RefusedError(NOT_FOUND)
    })
    const detail = { changed: Object.keys(request.body).join(', '), ...(wanted ? { scopes: wanted } : {}) }
    await audit.append({ actor: request.actor, action: 'user.change', target: `user:${found.name}`, detail })
    return reply.code(204).send(undefined)
  })

  const drop = {
    tags: TAGS,
    summary: 'Remove a user, with all sessions',
    params: z.strictObject({ id }),
    response: { 204: nothing },
  }
  scope.delete('/users/:id', { schema: drop, config: { scope: 'admin' } }, async (request, reply) => {
    const found = await users.get(request.params.id)
    if (found === undefined) throw new RefusedError(NOT_FOUND)
    await inTurn(async () => {
      await assertNotLastAdmin(accounts, found)
      if (!(await users.remove(found.id))) throw new RefusedError(NOT_FOUND)
    })
    await audit.append({ actor: request.actor, action: 'user.remove', target: `user:${found.name}` })
    return reply.code(204).send(undefined)
  })

  const own = {
    tags: TAGS,
    summary: 'Change the own password; all other sessions of the user end',
    body: z.strictObject({ current: password, password: newPassword }),
    response: { 204: nothing },
  }
  scope.post('/password', { schema: own, config: { scope: 'read' } }, async (request, reply) => {
    const identity = gate.identityOf(request)
    if (identity?.user === undefined || identity.session === undefined) throw new RefusedError(FORBIDDEN)
    const { user, session } = identity
    await login.confirm(request, user, request.body.current)
    await users.update(user.id, { passwordHash: await passwords.hash(request.body.password) }, { keep: session })
    await audit.append({ actor: request.actor, action: 'password.change', target: `user:${user.name}` })
    return reply.code(204).send(undefined)
  })
}

async function assertNotLastAdmin(accounts: Accounts, user: User): Promise<void> {
  const others = (await accounts.users.list()).filter((other) => other.id !== user.id)
  if (!others.some((other) => granted(other.scopes).has('admin'))) throw new RefusedError(LAST_ADMIN)
}

/** So that two changes at once cannot remove the last two admins. */
function oneAfterAnother(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    // Whoever asked for it is told; the next one goes on all the same.
    last = done.catch(() => undefined)
    return done
  }
}
